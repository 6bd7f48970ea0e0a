"""Reads contracts with the schema and the library of the Open Data Contract Standard.

    pip install 'open-data-contract-standard==3.1.*' jsonschema
    python3 bench/quality/contracts.py contracts
"""

import importlib.resources
import json
import pathlib
import sys

import jsonschema
import open_data_contract_standard
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

schema = json.loads(importlib.resources.files(open_data_contract_standard).joinpath("schema.json").read_text())
validator = jsonschema.validators.validator_for(schema)(schema)
files = sorted(pathlib.Path(sys.argv[1]).glob("*.yaml"))
assert files, "no contracts"
columns = 0
for file in files:
    text = file.read_text()
    errors = [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(yaml.safe_load(text))]
    assert not errors, f"{file}: {errors}"
    contract = OpenDataContractStandard.from_string(text)
    assert contract.name == file.stem and contract.apiVersion == "v3.1.0"
    columns += sum(len(table.properties) for table in contract.schema_)
print(f"open-data-contract-standard: {len(files)} contracts of {columns} columns, all valid")
