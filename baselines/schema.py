"""The JSON Schema of a report, made from the nouns: `python -m baselines.schema` prints docs/report.schema.json."""

import json
import sys
from typing import TextIO

from baselines.vocabulary import SCHEMA, Report


def report_schema() -> str:
    """The schema as JSON text (draft 2020-12), sorted so that a change shows as a small difference."""
    schema = Report.model_json_schema(by_alias=True, mode="serialization")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, **schema}
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main(out: TextIO = sys.stdout) -> None:
    """Prints the schema."""
    out.write(report_schema())


if __name__ == "__main__":
    main()
