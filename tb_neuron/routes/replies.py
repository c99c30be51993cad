"""Replies of the tab's routes: JSON, containers, files that never change, and errors."""

import gzip
import json
import logging
from collections.abc import Callable
from typing import Any

from tensorboard.backend import http_util
from werkzeug.wrappers import Request, Response

from tb_neuron import answers, container
from tb_neuron.errors import (
    DamagedRecordError,
    InvalidArgumentError,
    NewerSchemaError,
    NotFoundError,
)
from tb_neuron.wire import ErrorAnswer

_LOGGER = logging.getLogger(__name__)
_METHODS = ("GET", "HEAD")
_JSON = "application/json"
_IMMUTABLE = "private, max-age=31536000, immutable"
#: What a fast network gains by more does not pay for the time that it takes.
_GZIP_LEVEL = 4

#: Answers a request, or raises one of the errors that `application` words.
View = Callable[[Request], Response]


def application(view: View) -> Callable[..., Any]:
    """Return a view as a WSGI application, its errors as answers."""

    @Request.application
    def answer(request: Request) -> Response:
        if request.method not in _METHODS:
            return _error(request, 405, f"{request.method} is not answered here; use GET")
        try:
            return view(request)
        except InvalidArgumentError as error:
            return _error(request, 400, str(error))
        except (NotFoundError, DamagedRecordError, NewerSchemaError) as error:
            return _error(request, 404, str(error))
        except Exception:
            _LOGGER.exception("tb_neuron could not answer %s", request.path)
            return _error(request, 500, "tb_neuron failed; TensorBoard's log says where")

    return answer


def reply_json(request: Request, content: Any, code: int = 200) -> Response:
    """Return plain values as JSON."""
    return http_util.Respond(request, json.dumps(content), _JSON, code=code)


def reply_bulk(request: Request, answer: answers.Bulk) -> Response:
    """Return a container."""
    content = container.pack(answer.header, answer.arrays)
    return http_util.Respond(request, content, container.MEDIA_TYPE)


def reply_compressed(request: Request, answer: answers.Bulk) -> Response:
    """Return a container, compressed at little cost."""
    content = container.pack(answer.header, answer.arrays)
    return http_util.Respond(
        request,
        gzip.compress(content, _GZIP_LEVEL, mtime=0),
        container.MEDIA_TYPE,
        content_encoding="gzip",
    )


def keep_for_ever(response: Response) -> Response:
    """Let browsers keep an answer: at its address, it never changes."""
    response.headers["Cache-Control"] = _IMMUTABLE
    response.headers["Vary"] = "Accept-Encoding"
    response.headers.remove("Expires")
    return response


def _error(request: Request, code: int, message: str) -> Response:
    response = reply_json(request, ErrorAnswer(error=message), code)
    if code == 405:
        response.headers["Allow"] = ", ".join(_METHODS)
    return response
