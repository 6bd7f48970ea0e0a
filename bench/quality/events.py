"""Reads events with the classes that the project OpenLineage generates from its JSON Schema.

    pip install openlineage-python==1.54.0
    touchline lineage events --limit 1000 | python3 bench/quality/events.py

Every event, every facet and every part of a facet becomes an object of its class, whose own checks run; a field that a class does
not have, a missing one, and a facet under another definition than its class has are errors.
"""

import json
import sys
import types
import typing

import attr
from openlineage.client import event_v2
from openlineage.client.facet_v2 import (
    BaseFacet,
    column_lineage_dataset,
    data_quality_assertions_dataset,
    data_quality_metrics_input_dataset,
    dataset_version_dataset,
    datasource_dataset,
    documentation_dataset,
    documentation_job,
    error_message_run,
    job_type_job,
    nominal_time_run,
    output_statistics_output_dataset,
    parent_run,
    processing_engine_run,
    schema_dataset,
    tags_dataset,
)

RUN = {
    "nominalTime": nominal_time_run.NominalTimeRunFacet,
    "parent": parent_run.ParentRunFacet,
    "processing_engine": processing_engine_run.ProcessingEngineRunFacet,
    "errorMessage": error_message_run.ErrorMessageRunFacet,
}
JOB = {"jobType": job_type_job.JobTypeJobFacet, "documentation": documentation_job.DocumentationJobFacet}
DATASET = {
    "dataSource": datasource_dataset.DatasourceDatasetFacet,
    "schema": schema_dataset.SchemaDatasetFacet,
    "documentation": documentation_dataset.DocumentationDatasetFacet,
    "tags": tags_dataset.TagsDatasetFacet,
    "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet,
    "version": dataset_version_dataset.DatasetVersionDatasetFacet,
}
INPUT = {
    "dataQualityMetrics": data_quality_metrics_input_dataset.DataQualityMetricsInputDatasetFacet,
    "dataQualityAssertions": data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet,
}
OUTPUT = {"outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet}
seen: dict[str, int] = {}


def value_of(kind, value):
    """The value as an object of its annotated type."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        kinds = [k for k in typing.get_args(kind) if k is not type(None)]
        assert value is None or len(kinds) == 1, kind
        return None if value is None else value_of(kinds[0], value)
    if origin is list:
        return [value_of(typing.get_args(kind)[0], item) for item in value]
    if origin is dict:
        return {key: value_of(typing.get_args(kind)[1], item) for key, item in value.items()}
    if attr.has(kind):
        return object_of(kind, value)
    wanted = (int, float) if kind is float else kind
    if isinstance(kind, type):
        assert isinstance(value, wanted) and not (kind is int and isinstance(value, bool)), f"{value!r} is no {kind}"
    return value


def object_of(cls, said):
    """A facet or a part of one."""
    hints = typing.get_type_hints(cls)
    fields = {field.name: field for field in attr.fields(cls)}
    own = {name: item for name, item in said.items() if name not in ("_producer", "_schemaURL")}
    unknown = set(own) - set(fields)
    assert not unknown, f"{cls.__name__} has no {unknown}"
    made = cls(**{name: value_of(hints[name], item) for name, item in own.items()})
    if issubclass(cls, BaseFacet):
        assert said["_producer"], f"{cls.__name__} says who wrote it"
        assert said["_schemaURL"] == cls._get_schema(), f"{said['_schemaURL']} is not {cls._get_schema()}"
        seen[cls.__name__] = seen.get(cls.__name__, 0) + 1
    return made


def facets_of(classes, said):
    return {name: object_of(classes[name], facet) for name, facet in said.items()}


def event_of(said):
    assert said["schemaURL"] == event_v2.RunEvent._get_schema(), said["schemaURL"]
    inputs = [
        event_v2.InputDataset(
            namespace=of["namespace"],
            name=of["name"],
            facets=facets_of(DATASET, of.get("facets", {})),
            inputFacets=facets_of(INPUT, of.get("inputFacets", {})),
        )
        for of in said["inputs"]
    ]
    outputs = [
        event_v2.OutputDataset(
            namespace=of["namespace"],
            name=of["name"],
            facets=facets_of(DATASET, of.get("facets", {})),
            outputFacets=facets_of(OUTPUT, of.get("outputFacets", {})),
        )
        for of in said["outputs"]
    ]
    return event_v2.RunEvent(
        eventType=event_v2.RunState(said["eventType"]),
        eventTime=said["eventTime"],
        producer=said["producer"],
        run=event_v2.Run(runId=said["run"]["runId"], facets=facets_of(RUN, said["run"]["facets"])),
        job=event_v2.Job(
            namespace=said["job"]["namespace"], name=said["job"]["name"], facets=facets_of(JOB, said["job"]["facets"])
        ),
        inputs=inputs,
        outputs=outputs,
    )


events = [json.loads(line) for line in sys.stdin if line.strip()]
assert events, "no events came"
for event in events:
    event_of(event)
jobs = {event["job"]["name"] for event in events}
print(f"openlineage-python: {len(events)} events of {len(jobs)} jobs, {sum(seen.values())} facets of {len(seen)} kinds, all read")
