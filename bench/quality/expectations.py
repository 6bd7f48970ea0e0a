#!/usr/bin/env python3
"""Random tables and suites, judged by Great Expectations and by the example `judge` of the crate quality.

    pip install great-expectations==1.24.1
    python3 bench/quality/expectations.py PATH_OF_JUDGE [CASES] [SEED]

Prints how many tables, expectations and differences there were; exit code 1 where any verdict or count differs.
"""

import json
import logging
import os
import random
import subprocess
import sys
import warnings

os.environ["GX_ANALYTICS_ENABLED"] = "false"
os.environ["TQDM_DISABLE"] = "1"
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

import great_expectations as gx
import pandas as pd

judge, cases, seed = sys.argv[1], int((sys.argv[2:] + [500])[0]), int((sys.argv[3:] + [0, 1])[1])
rng = random.Random(seed)
CLUBS = ["Arsenal", "Leeds", "Fulham", "Ipswich", "Köln", "a1", "B-2"]


def number():
    return rng.choice([float(rng.randint(0, 6)), round(rng.uniform(0, 8), 2)])


def table():
    rows = rng.choice([1, 2, 5, 12, 30])
    nulls = rng.choice([0, 0, 0.1, 0.5])
    null = lambda make: None if rng.random() < nulls else make()
    columns = {name: [null(number) for _ in range(rows)] for name in ("a", "b", "c")}
    columns["t"] = [null(lambda: rng.choice(CLUBS)) for _ in range(rows)]
    columns["u"] = [null(lambda: rng.choice(CLUBS[:3])) for _ in range(rows)]
    # A column of nulls alone has no type in either library.
    for values in columns.values():
        if all(v is None for v in values):
            values[0] = 1.0 if values is not columns["t"] and values is not columns["u"] else "Leeds"
    return columns


def between(low=0, high=8):
    a, b = sorted([round(rng.uniform(low, high), 1), round(rng.uniform(low, high), 1)])
    kwargs = {"min_value": a, "max_value": b}
    return {k: v for k, v in kwargs.items() if rng.random() < 0.9} or kwargs


def strict(kwargs):
    return {**kwargs, **{k: True for k, of in (("strict_min", "min_value"), ("strict_max", "max_value")) if of in kwargs and rng.random() < 0.3}}


def mostly(kwargs):
    return {**kwargs, "mostly": rng.choice([0, 0.3, 0.5, 0.8, 0.9, 0.95])} if rng.random() < 0.6 else kwargs


def expectation(rows):
    n, t = {"column": rng.choice("abc")}, {"column": rng.choice("tu")}
    x = rng.choice([n, t])
    value_set = rng.sample(CLUBS, 3) if x is t else [float(rng.randint(0, 6)) for _ in range(4)]
    pair = {"column_A": "a", "column_B": "b", "ignore_row_if": rng.choice(["both_values_are_missing", "either_value_is_missing", "neither"])}
    several = {"column_list": ["a", "b", "c"], "ignore_row_if": rng.choice(["all_values_are_missing", "any_value_is_missing", "never"])}
    shares = between(0, 1)
    return rng.choice([
        lambda: ("expect_table_row_count_to_equal", {"value": rng.choice([rows, rows + 1])}),
        lambda: ("expect_table_row_count_to_be_between", {"min_value": rng.randint(0, 5), "max_value": rng.randint(5, 30)}),
        lambda: ("expect_table_column_count_to_equal", {"value": rng.choice([4, 5])}),
        lambda: ("expect_table_column_count_to_be_between", {"min_value": rng.randint(0, 6), "max_value": 6}),
        lambda: ("expect_table_columns_to_match_ordered_list", {"column_list": rng.choice([["a", "b", "c", "t", "u"], ["b", "a", "c", "t", "u"]])}),
        lambda: ("expect_table_columns_to_match_set", {"column_set": rng.choice([["a", "b", "c", "t", "u"], ["u", "t"]]), "exact_match": rng.choice([True, False])}),
        lambda: ("expect_column_to_exist", {"column": rng.choice(["a", "z"])}),
        lambda: ("expect_column_values_to_not_be_null", mostly(x)),
        lambda: ("expect_column_values_to_be_null", mostly(x)),
        lambda: ("expect_column_values_to_be_between", mostly(strict({**n, **between()}))),
        lambda: ("expect_column_values_to_be_in_set", mostly({**x, "value_set": value_set})),
        lambda: ("expect_column_values_to_not_be_in_set", mostly({**x, "value_set": value_set})),
        lambda: ("expect_column_values_to_be_unique", mostly(x)),
        lambda: ("expect_column_value_lengths_to_equal", mostly({**t, "value": rng.choice([2, 4, 7])})),
        lambda: ("expect_column_value_lengths_to_be_between", mostly({**t, "min_value": rng.randint(1, 4), "max_value": rng.randint(4, 8)})),
        lambda: ("expect_column_values_to_match_regex", mostly({**t, "regex": rng.choice(["^[A-Z]", "ds$", r"\d", "ö"])})),
        lambda: ("expect_column_values_to_not_match_regex", mostly({**t, "regex": rng.choice(["^[A-Z]", "ds$", r"\d"])})),
        lambda: ("expect_column_values_to_match_regex_list", mostly({**t, "regex_list": ["^A", r"\d"], "match_on": rng.choice(["any", "all"])})),
        lambda: ("expect_column_values_to_not_match_regex_list", mostly({**t, "regex_list": ["^A", r"\d"]})),
        lambda: ("expect_column_value_z_scores_to_be_less_than", mostly({**n, "threshold": rng.choice([0.5, 1.0, 2.0]), "double_sided": rng.choice([True, False])})),
        lambda: ("expect_column_min_to_be_between", strict({**n, **between()})),
        lambda: ("expect_column_max_to_be_between", strict({**n, **between()})),
        lambda: ("expect_column_mean_to_be_between", strict({**n, **between()})),
        lambda: ("expect_column_median_to_be_between", strict({**n, **between()})),
        lambda: ("expect_column_stdev_to_be_between", strict({**n, **between(0, 4)})),
        lambda: ("expect_column_sum_to_be_between", strict({**n, **between(0, 100)})),
        lambda: ("expect_column_unique_value_count_to_be_between", {**x, "min_value": rng.randint(0, 4), "max_value": rng.randint(4, 20)}),
        lambda: ("expect_column_proportion_of_unique_values_to_be_between", {**x, **shares}),
        lambda: ("expect_column_proportion_of_non_null_values_to_be_between", {**x, **shares}),
        lambda: ("expect_column_most_common_value_to_be_in_set", {**x, "value_set": value_set, "ties_okay": rng.choice([True, False])}),
        lambda: ("expect_column_distinct_values_to_be_in_set", {**t, "value_set": rng.sample(CLUBS, 6)}),
        lambda: ("expect_column_distinct_values_to_contain_set", {**t, "value_set": rng.sample(CLUBS, 2)}),
        lambda: ("expect_column_distinct_values_to_equal_set", {"column": "u", "value_set": CLUBS[:3]}),
        lambda: ("expect_column_quantile_values_to_be_between", {**n, "quantile_ranges": {"quantiles": [0.1, 0.5, 0.9], "value_ranges": [[None, rng.randint(1, 5)], [1, 6], [rng.randint(1, 6), None]]}}),
        lambda: ("expect_column_pair_values_to_be_equal", mostly(pair)),
        lambda: ("expect_column_pair_values_a_to_be_greater_than_b", mostly({**pair, "or_equal": rng.choice([True, False])})),
        lambda: ("expect_column_pair_values_to_be_in_set", mostly({**pair, "ignore_row_if": "either_value_is_missing", "value_pairs_set": [[float(i), float(j)] for i in range(7) for j in range(3)]})),
        lambda: ("expect_compound_columns_to_be_unique", mostly({**several, "column_list": ["t", "u"]})),
        lambda: ("expect_select_column_values_to_be_unique_within_record", mostly(several)),
        lambda: ("expect_multicolumn_sum_to_equal", mostly({**several, "sum_total": float(rng.randint(3, 12))})),
    ])()


made = []
for _ in range(cases):
    columns = table()
    expectations = [expectation(len(columns["a"])) for _ in range(6)]
    made.append((columns, expectations))

lines = []
for columns, expectations in made:
    suite = {"name": "s", "expectations": [{"type": t, "kwargs": k} for t, k in expectations]}
    lines.append(json.dumps({"table": list(columns.items()), "suite": suite}))
answered = subprocess.run([judge], input="\n".join(lines), text=True, capture_output=True, check=True).stdout.splitlines()
assert len(answered) == cases, "a case was not answered"

context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
assets = context.data_sources.add_pandas("pandas").add_dataframe_asset("t").add_batch_definition_whole_dataframe("b")
compared, differences, kinds = 0, 0, set()
for (columns, expectations), line in zip(made, answered):
    frame = pd.DataFrame({k: pd.Series(v, dtype="float64" if k in "abc" else "object") for k, v in columns.items()})
    batch = assets.get_batch(batch_parameters={"dataframe": frame})
    suite = gx.ExpectationSuite(name="s")
    for (kind, kwargs), own in zip(expectations, json.loads(line)):
        make = getattr(gx.expectations, "".join(part.capitalize() for part in kind.split("_")).replace("ZScores", "ZScores"))
        found = batch.validate(make(**kwargs))
        other = {"success": bool(found.success)}
        for key in ("unexpected_count", "unexpected_percent"):
            if key in found.result and own[key] is not None and not own["exception"]:
                other[key] = found.result[key]
        same = all(own[k] == v or isinstance(v, float) and abs(own[k] - v) < 1e-9 for k, v in other.items())
        compared += 1
        kinds.add(kind)
        if not same:
            differences += 1
            if differences <= 20:
                print("differs:", kind, kwargs, {k: own[k] for k in own if k != "type"}, other, columns if len(columns["a"]) < 6 else "", found.exception_info if not found.success else "")
print(f"great-expectations {gx.__version__}: {cases} tables, {compared} expectations of {len(kinds)} kinds, {differences} differ")
sys.exit(1 if differences else 0)
