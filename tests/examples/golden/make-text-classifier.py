"""Writes text-classifier.json: how well scikit-learn tells the topics of the messages apart, and what its TF-IDF gives.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1
    bun tests/examples/golden/messages.ts | venv/bin/python tests/examples/golden/make-text-classifier.py
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import MultiLabelBinarizer

LEARN_FROM = 2000

messages = json.load(sys.stdin)
texts = [message["text"] for message in messages]
topic = [message["topic"] for message in messages]
topics = [message["topics"] for message in messages]
known, held_out = slice(LEARN_FROM), slice(LEARN_FROM, None)

# scikit-learn's own words have two characters or more; ours also one.
vectorizer = {"ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"}
accuracy = {}
for name, options in {"words": {}, "words and pairs": vectorizer}.items():
    tf_idf = TfidfVectorizer(**options)
    x = tf_idf.fit_transform(texts[known])
    for c in (1, 10):
        model = LogisticRegression(C=c, max_iter=10_000).fit(x, topic[known])
        accuracy[f"{name}, C={c}"] = model.score(tf_idf.transform(texts[held_out]), topic[held_out])

tf_idf = TfidfVectorizer(**vectorizer)
x = tf_idf.fit_transform(texts[known])
binarizer = MultiLabelBinarizer().fit(topics)
each = OneVsRestClassifier(LogisticRegression(C=10, max_iter=10_000)).fit(x, binarizer.transform(topics[known]))
decisions = each.predict(tf_idf.transform(texts[held_out]))
multiple = float(np.mean(decisions == binarizer.transform(topics[held_out])))

few = texts[:20]
few_tf_idf = TfidfVectorizer(**vectorizer)
rows = few_tf_idf.fit_transform(few)
names = few_tf_idf.get_feature_names_out()
golden = {
    "sha256": hashlib.sha256("\n".join(texts).encode()).hexdigest(),
    "learnFrom": LEARN_FROM,
    "accuracy": accuracy,
    "multiple": multiple,
    "tfIdf": [
        {names[i]: round(float(v), 6) for i, v in zip(row.indices, row.data)} for row in (rows[i] for i in range(20))
    ],
}
Path(__file__).with_name("text-classifier.json").write_text(json.dumps(golden, indent=1) + "\n")
