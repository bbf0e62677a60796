"""Which of the predictions of ../sdk-cases.ts Label Studio's own SDK takes, and which it refuses.

    python3 -m venv venv && venv/bin/pip install label-studio-sdk==2.1.2
    bun tests/regions/sdk-cases.ts | venv/bin/python tests/regions/golden/sdk_verdicts.py > tests/regions/golden/sdk-verdicts.json
"""
import json
import sys
from importlib.metadata import version

from label_studio_sdk.label_interface import LabelInterface

given = json.load(sys.stdin)
interface = LabelInterface(given["config"])


def is_taken(case):
    prediction = {key: case[key] for key in ("result", "score") if key in case}
    return not interface.validate_prediction(prediction, return_errors=True)


verdicts = {case["name"]: is_taken(case) for case in given["cases"]}
json.dump(
    {
        "sdk": version("label-studio-sdk"),
        "taken": [name for name, taken in verdicts.items() if taken],
        "refused": [name for name, taken in verdicts.items() if not taken],
    },
    sys.stdout,
    indent=1,
)
print()
