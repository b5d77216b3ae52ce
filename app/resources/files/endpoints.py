"""The routes of files and their links."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.domain.files import MEDIA_TYPES
from app.resources.files import operations
from app.resources.files.params import FileCreate, FileLinkCreate, FileLinkList, FileLinkUpdate, FileList
from app.resources.files.tables import File, FileLink
from app.wire.endpoint import Download, endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("files", __name__)


@blueprint.post("/v1/files")
@endpoint(FileCreate, uploads=True, publishable=True)
def create_file(ctx: Context, params: dict[str, Any]) -> File:
    """POST /v1/files: by a publishable key for what a browser sends about whoever sits before it."""
    upload = params["file"]
    return operations.create_file(ctx, upload.content, upload.filename, params)


@blueprint.get("/v1/files")
@endpoint(FileList)
def list_files(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/files"""
    filters = {"created": (File.created, params.get("created")), "purpose": (File.purpose, params.get("purpose"))}
    return list_page(ctx, File, params, "/v1/files", filters=filters)


@blueprint.get("/v1/files/<id>")
@endpoint(RetrieveParams)
def retrieve_file(ctx: Context, params: dict[str, Any], id: str) -> File:
    """GET /v1/files/:file"""
    return ctx.find(File, id)


@blueprint.get("/v1/files/<id>/contents")
@endpoint(RetrieveParams)
def retrieve_file_contents(ctx: Context, params: dict[str, Any], id: str) -> Download:
    """GET /v1/files/:file/contents"""
    file = ctx.find(File, id)
    return Download(operations.contents_of(ctx, file), MEDIA_TYPES[file.type])


@blueprint.post("/v1/file_links")
@endpoint(FileLinkCreate)
def create_file_link(ctx: Context, params: dict[str, Any]) -> FileLink:
    """POST /v1/file_links"""
    return operations.create_link(ctx, ctx.find(File, params["file"], param="file"), params)


@blueprint.get("/v1/file_links")
@endpoint(FileLinkList)
def list_file_links(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/file_links"""
    filters = {"created": (FileLink.created, params.get("created")), "expired": (FileLink.expired, params.get("expired")),
               "file": (FileLink.file_id, params.get("file"))}
    return list_page(ctx, FileLink, params, "/v1/file_links", filters=filters)


@blueprint.get("/v1/file_links/<id>")
@endpoint(RetrieveParams)
def retrieve_file_link(ctx: Context, params: dict[str, Any], id: str) -> FileLink:
    """GET /v1/file_links/:link"""
    return ctx.find(FileLink, id)


@blueprint.post("/v1/file_links/<id>")
@endpoint(FileLinkUpdate)
def update_file_link(ctx: Context, params: dict[str, Any], id: str) -> FileLink:
    """POST /v1/file_links/:link"""
    return operations.update_link(ctx, ctx.find(FileLink, id), params)
