"""A Python backend with an empty `fit`, as its generated `_wsgi.py` makes it: `gunicorn webhook_backend:app`."""

import os

from label_studio_ml.api import init_app
from label_studio_ml.model import LabelStudioMLBase


class EmptyFit(LabelStudioMLBase):
    def predict(self, tasks, **kwargs):
        return [{"result": []} for _ in tasks]

    def fit(self, event, data, **kwargs):
        return {}


app = init_app(model_class=EmptyFit, model_dir=os.environ["MODEL_DIR"])
