"""Every refusal becomes a page in the reader's language, or `{"code", "message", "fields"}` for a program.

What may not be seen and what does not exist give the same bytes. A page for a refused form gives back what was typed.
"""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from engine.errors import EngineError, InvalidForm, NotFound
from web.requests import posted
from web.resuming import Typed, page_of, resume_page, typed_here
from web.texts import _, message, sentence

API = "/api/"
STATUS = {
    "not_found": 404,
    "not_allowed": 403,
    "separation_of_duties": 403,
    "task_already_completed": 409,
    "task_not_open": 409,
    "task_held": 409,
    "task_not_claimed": 409,
    "stale_task": 409,
    "stale_paper": 409,
    "awarded_elsewhere": 409,
    "paper_signed": 409,
    "paper_not_in_drafting": 409,
    "document_pending": 409,
    "nomination_closed": 409,
    "dossier_closed": 409,
    "cannot_erase": 409,
    "nothing_to_receive": 409,
    "nothing_to_request": 409,
    "batch_refused": 409,
    "stale_session": 409,
    "session_ended": 409,
    "login_failed": 401,
    "too_large": 413,
    "too_many_tries": 429,
    "too_many_writes": 429,
    "too_many_uploads": 429,
    "too_many_exports": 429,
    "cannot_open": 503,
    "state_unreadable": 503,
}
REFUSED = 422  # the values themselves were refused: the status of all other codes
READ_AT_MOST = 1024**3  # bytes of a body that is refused
logger = logging.getLogger("khenthuong")


def install(app: Flask) -> None:
    app.register_error_handler(EngineError, on_refusal)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Exception, on_failure)


def status_of(error: EngineError) -> int:
    if error.code == "cannot_open" and error.params.get("why") == "full":
        return 507
    return STATUS.get(error.code, REFUSED)


def retry_after(error: EngineError) -> dict[str, str]:
    """Return the header that says when to try again what was done too often."""
    return {"Retry-After": str(error.params["seconds"])} if status_of(error) == 429 else {}


def field_sentences(error: EngineError) -> dict[str, list[str]]:
    """Return the sentences for each refused field."""
    if not isinstance(error, InvalidForm):
        return {}
    return {name: [message(code, params) for code, params in found] for name, found in error.fields.items()}


def first_sentence(error: EngineError) -> str:
    """Return one sentence for a form of a single field."""
    return next((found[0] for found in field_sentences(error).values()), sentence(error))


def sentences(error: EngineError) -> str:
    """Return what was wrong, and what else was wrong at the same time, for the head of a form."""
    return " ".join(first_sentence(each) for each in (error, *error.also))


def on_refusal(error: EngineError) -> ResponseReturnValue:
    status = status_of(error)
    text = sentence(NotFound(kind="page", id="") if status == 404 else error)
    return answer(status, error.code, text, field_sentences(error), retry_after(error))


def on_http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    if not request.path.startswith(API):
        if status == 405 and request.method == "GET" and (page := page_of(request.path)) != request.path:
            return redirect(page)  # reloaded, or left in the address bar, after a form was refused
        if isinstance(error, CSRFError) and g.get("actor") and not request.files and (typed := own_form()):
            return resume_page(request.full_path.rstrip("?"), typed), status
    if isinstance(error, RequestEntityTooLarge):
        read_to_end()
    code, text = http_sentence(error, status)
    return answer(status, code, text, getattr(error, "fields", {}), http_headers(error, status))


def http_headers(error: HTTPException, status: int) -> dict[str, str]:
    """Return the header that the standard asks for beside a status."""
    if status == 405:
        return {"Allow": ", ".join(error.valid_methods or ())}  # type: ignore[attr-defined]
    return {"WWW-Authenticate": "Bearer"} if status == 401 and request.path.startswith(API) else {}


def read_to_end() -> None:
    """Read the rest of a body that is refused: a connection cut while somebody sends never shows its answer."""
    body, left = request.environ["wsgi.input"], min(request.content_length or 0, READ_AT_MOST)
    while left > 0 and (part := body.read(min(left, 64 * 1024))):
        left -= len(part)


def own_form() -> Typed:
    """Return what was typed in a page of ours that was left open over another log-in; its token is no longer good."""
    if not request.headers.get("Origin") or request.endpoint is None or request.endpoint.startswith("auth."):
        return []
    return typed_here()


def http_sentence(error: HTTPException, status: int) -> tuple[str, str]:
    if status == 404:
        return "not_found", sentence(NotFound(kind="page", id=""))
    if isinstance(error, CSRFError):
        return "form_expired", _(
            "Biểu mẫu đã hết hiệu lực hoặc được gửi từ một trang khác. Mời ông/bà tải lại trang rồi gửi lại."
        )
    if isinstance(error, RequestEntityTooLarge):
        return "too_large", _(
            "Nội dung gửi lên quá lớn nên chưa được nhận. Mỗi tệp không quá 20 MB; mời ông/bà chọn tệp nhỏ hơn "
            "hoặc rút gọn nội dung rồi gửi lại."
        )
    if status == 405:
        return "method_not_allowed", _("Địa chỉ này không dùng được theo cách vừa gửi.")
    if status == 401:
        return "not_logged_in", _("Cần đăng nhập bằng mã truy cập còn hiệu lực.")
    if status >= 500:
        return "failure", _(
            "Hệ thống chưa thực hiện được việc này. Nội dung ông/bà đã nhập chưa được ghi; mời thử lại sau ít phút."
        )
    if status == 415:
        return "unsupported_media_type", _("Nội dung gửi lên không thuộc loại (Content-Type) mà địa chỉ này nhận.")
    if status == REFUSED:
        return "invalid_request", _("Nội dung gửi lên có giá trị không dùng được.")
    return "bad_request", _("Nội dung gửi lên không đúng định dạng.")


def on_failure(error: Exception) -> ResponseReturnValue:
    """An error of ours: the log has it, the reader a sentence; nothing of the request is written to the log."""
    logger.exception("request to %s failed", request.endpoint)
    failure = HTTPException()
    failure.code = 500
    return on_http(failure)


def answer(
    status: int, code: str, text: str, fields: dict[str, list[str]], headers: dict[str, str]
) -> ResponseReturnValue:
    if request.path.startswith(API):
        body: dict[str, Any] = {"code": code, "message": text, "fields": fields}
        return body, status, headers
    g.setdefault("actor", None)
    back = page_of(request.path) if status in (400, 413) and request.method == "POST" else None
    page = render_template("error.html", status=status, text=text, fields=fields, typed=typed_texts(), back=back)
    return page, status, headers


def typed_texts() -> list[str]:
    """Return what was typed in a refused request, so that no text is lost; never a password."""
    if request.method != "POST" or request.endpoint is None or request.endpoint.startswith("auth."):
        return []
    try:
        values = posted().values()
    except HTTPException:
        return []
    return [value for value in values if isinstance(value, str) and value.strip()]
