"""Requests to a server by plain HTTP."""
import json
import urllib.error
import urllib.request


def post(server, path, body, headers=None):
    """The status and the answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(server.url + path, data, {"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def get(server, path, headers=None):
    try:
        with urllib.request.urlopen(urllib.request.Request(server.url + path, headers=headers or {}), timeout=60) as a:
            return a.status, a.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
