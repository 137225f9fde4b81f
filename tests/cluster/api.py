"""The API server as the bed itself asks it. A kubectl costs a fifth of a second of a processor's time, and cases ask in loops."""

import json
import pathlib
import ssl
import urllib.parse
import urllib.request

# Where a kind is listed, below a namespace; as kubectl calls it.
PLACES = {"pod": "/api/v1/namespaces/{}/pods", "deployment": "/apis/apps/v1/namespaces/{}/deployments",
          "hpa": "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers"}


class Api:
    """With the first user of a kubeconfig that names one server, its certificate's file and a token."""

    def __init__(self, kubeconfig):
        document = json.loads(pathlib.Path(kubeconfig).read_text())
        cluster = document["clusters"][0]["cluster"]
        self.server = cluster["server"]
        self.trust = ssl.create_default_context(cafile=cluster["certificate-authority"])
        self.token = document["users"][0]["user"]["token"]

    def get(self, kind, name=None, namespace="authentik", labels=None):
        """The object, or without a name the list. Errors are urllib's."""
        path = PLACES[kind.removesuffix("s")].format(namespace) + (f"/{name}" if name else "")
        if labels:
            path += "?" + urllib.parse.urlencode({"labelSelector": ",".join(f"{key}={value}" for key, value in labels.items())})
        request = urllib.request.Request(self.server + path, headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, context=self.trust, timeout=20) as answer:
            return json.load(answer)
