"""Writes logistic.json: what scikit-learn's LogisticRegression makes of a few hundred drawn numbers.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1
    venv/bin/python tests/learning/golden/make-logistic.py
"""

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(7)


def case(labels: list[str], per_label: int, features: int, strength: float, standardize: bool) -> dict:
    centers = rng.normal(0, 1, (len(labels), features))
    scales = rng.uniform(0.2, 3, features)
    x = np.concatenate([(center + rng.normal(0, 0.8, (per_label, features))) * scales for center in centers])
    x = np.round(x, 3)
    y = np.repeat(labels, per_label)
    scaler = StandardScaler().fit(x) if standardize else None
    prepared = scaler.transform(x) if scaler else x
    # Of two labels scikit-learn has one row of weights instead of two opposite ones, which weigh half as much in the norm.
    c = strength * (2 if len(labels) == 2 else 1)
    model = LogisticRegression(C=c, tol=1e-10, max_iter=10_000).fit(prepared, y)
    return {
        "labels": list(model.classes_),
        "strength": strength,
        "standardize": standardize,
        "features": x.tolist(),
        "targets": y.tolist(),
        "probabilities": np.round(model.predict_proba(prepared), 7).tolist(),
    }


cases = [
    case(["a", "b", "c"], 12, 4, 1.0, False),
    case(["bus", "police", "taxi", "van"], 10, 6, 0.3, True),
    case(["police", "taxi"], 12, 5, 2.0, True),
]
path = Path(__file__).with_name("logistic.json")
path.write_text("[\n" + ",\n".join(json.dumps(one) for one in cases) + "\n]\n")
