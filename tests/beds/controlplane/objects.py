"""Kubernetes objects as the test bed has them: authentik as the official Helm chart labels it, and who may do what."""

NODE = "node-1"
NAMESPACE = "authentik"
VERSION = "2025.12.4"
COMPONENTS = {"server": {"replicas": 2, "memory": "1Gi"}, "worker": {"replicas": 3, "memory": "512Mi"}}


def labels(component, release="authentik"):
    return {"app.kubernetes.io/name": "authentik", "app.kubernetes.io/instance": release, "app.kubernetes.io/component": component}


def namespace(name=NAMESPACE):
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def deployment(component, release="authentik", namespace=NAMESPACE, replicas=None, annotations=None, environment=None, grace=30):
    """`annotations` are the pods': how they behave (controlplane/pods.go); `environment` is what commands in them find."""
    chosen = labels(component, release)
    chart = dict(chosen, **{"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/part-of": "authentik",
                            "app.kubernetes.io/version": VERSION, "helm.sh/chart": f"authentik-{VERSION}"})
    memory = COMPONENTS[component]["memory"]
    container = {"name": component, "image": f"authentik-server:{VERSION}", "args": [component],
                 "resources": {"requests": {"memory": memory}, "limits": {"memory": memory}},
                 "env": [{"name": name, "value": value} for name, value in (environment or {}).items()]}
    # nodeName, since no scheduler runs.
    pod = {"metadata": {"labels": chart, "annotations": annotations or {}},
           "spec": {"nodeName": NODE, "terminationGracePeriodSeconds": grace, "enableServiceLinks": False, "containers": [container]}}
    return {"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": f"{release}-{component}", "namespace": namespace, "labels": chart,
                         "annotations": {"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace}},
            "spec": {"replicas": COMPONENTS[component]["replicas"] if replicas is None else replicas,
                     "selector": {"matchLabels": chosen}, "template": pod}}


def autoscaler(component="worker", least=2, most=6, release="authentik", namespace=NAMESPACE):
    """No controller acts on it: it can be looked at and changed."""
    name = f"{release}-{component}"
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": name, "namespace": namespace, "labels": labels(component, release)},
            "spec": {"scaleTargetRef": target, "minReplicas": least, "maxReplicas": most, "metrics": [cpu]}}


def rights(user, rules, namespace=NAMESPACE):
    """A role of these rules, and its binding to the user."""
    metadata = {"name": user, "namespace": namespace}
    group = "rbac.authorization.k8s.io"
    return [{"apiVersion": f"{group}/v1", "kind": "Role", "metadata": metadata, "rules": rules},
            {"apiVersion": f"{group}/v1", "kind": "RoleBinding", "metadata": metadata,
             "roleRef": {"apiGroup": group, "kind": "Role", "name": user},
             "subjects": [{"apiGroup": group, "kind": "User", "name": user}]}]


def viewer():
    """May look at everything that is not secret, and enter nothing. (The built-in role `view` is filled by a controller
    that does not run here.)"""
    look = ["get", "list", "watch"]
    return rights("viewer", [{"apiGroups": [""], "resources": ["pods", "pods/log", "services", "events"], "verbs": look},
                             {"apiGroups": ["apps"], "resources": ["deployments", "replicasets"], "verbs": look},
                             {"apiGroups": ["autoscaling"], "resources": ["horizontalpodautoscalers"], "verbs": look}])


def authentik():
    return [namespace(), *[deployment(component) for component in COMPONENTS], *viewer()]


def served_metrics():
    """A kind that stands in for metrics-server: `kubectl top` lists its objects, see metrics()."""
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": "pods.metrics.k8s.io", "annotations": {"api-approved.kubernetes.io": "unapproved, for tests"}},
            "spec": {"group": "metrics.k8s.io", "scope": "Namespaced",
                     "names": {"plural": "pods", "singular": "pod", "kind": "PodMetrics", "listKind": "PodMetricsList"},
                     "versions": [{"name": "v1beta1", "served": True, "storage": True, "schema": {"openAPIV3Schema": anything}}]}}


def metrics(pod, container, memory, cpu="120m", namespace=NAMESPACE, labels=None, at="2026-05-01T12:00:00Z"):
    return {"apiVersion": "metrics.k8s.io/v1beta1", "kind": "PodMetrics",
            "metadata": {"name": pod, "namespace": namespace, "labels": labels or {}}, "timestamp": at, "window": "15s",
            "containers": [{"name": container, "usage": {"cpu": cpu, "memory": memory}}]}
