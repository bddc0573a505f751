"""The page around Swagger UI: its HTML, its style and the script that starts it.

Nothing is written into the page as script or style, so its Content-Security-Policy can forbid both.
"""

from html import escape

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page may load what lies beside it and talk to its own server, and nothing else."""

START_SCRIPT = """\
"use strict";
(() => {
  const documentUrl = document.getElementById("swagger-ui").dataset.document;
  // Requests go to the server that the page came from, whatever name the description gives it.
  const toThisServer = (request) => {
    const url = new URL(request.url, window.location.href);
    request.url = window.location.origin + url.pathname + url.search;
    return request;
  };
  window.ui = SwaggerUIBundle({
    url: documentUrl,
    dom_id: "#swagger-ui",
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: "list",
    persistAuthorization: true,
    requestInterceptor: toThisServer,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
})();
"""

PAGE_STYLE = """\
html { box-sizing: border-box; overflow-y: scroll; }
*, *::before, *::after { box-sizing: inherit; }
body { margin: 0; background: #fafafa; color: #3b4151; font-family: sans-serif; }
.top { background: #1b2a41; color: #fff; }
.top div { max-width: 1460px; margin: 0 auto; padding: 16px 20px; line-height: 1.5; }
.top strong { margin-right: 12px; font-size: 18px; }
.top a { color: #9fd3ff; }
.swagger-ui .scheme-container {
  position: sticky; top: 0; z-index: 2; margin: 0; padding: 10px 0;
}
.swagger-ui .opblock { scroll-margin-top: 90px; }
.swagger-ui .renderedMarkdown ul { margin: 4px 0; padding-left: 18px; }
"""

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" type="image/png" href="{assets}/favicon-32x32.png?v={version}">
<link rel="stylesheet" href="{assets}/swagger-ui.css?v={version}">
<link rel="stylesheet" href="{assets}/page.css?v={version}">
</head>
<body>
<header class="top"><div>
<strong>{title}</strong>
Read the guide, press <em>Authorize</em>, and try every operation with the examples as they stand.
For generators and other tools: <a href="{document}">openapi.json</a> (OpenAPI 3.1).
</div></header>
<main id="swagger-ui" data-document="{document}"></main>
<noscript><p>This page needs JavaScript; <a href="{document}">openapi.json</a> does not.</p>
</noscript>
<script src="{assets}/swagger-ui-bundle.js?v={version}"></script>
<script src="{assets}/start.js?v={version}"></script>
</body>
</html>
"""


def page(*, prefix: str, title: str, version: str) -> bytes:
    """Return the page; `prefix` is the path that the server is reached under, mostly empty.

    `version` changes with the assets, so a browser never keeps an old one.
    """
    return _PAGE.format(
        title=escape(title),
        assets=escape(f"{prefix}/docs/assets"),
        document=escape(f"{prefix}/openapi.json"),
        version=escape(version),
    ).encode()
