"""A site as people build them: fonts, icons, a script module, lazy images, forms, other people's scripts."""

import base64
import hashlib
from urllib.request import urlopen

from tests.custom_resources.origin import Origin, Page, file

HEAD = """<!doctype html>
<html lang="en"><head><meta charset="iso-8859-1"><title>Caf\xe9 {title}</title>
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; style-src 'self'">
<meta http-equiv="refresh" content="300">
<link rel="canonical" href="{origin}/{title}"><link rel="preconnect" href="{origin}">
<link rel="icon" href="/favicon.svg"><link rel="manifest" href="/site.webmanifest">
<link rel="stylesheet" href="{origin}/css/site.css?v=7" integrity="{integrity}" crossorigin="anonymous">
<link rel="stylesheet" href="/css/print.css" media="print">
<script type="module" src="/js/app.js"></script>
<script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>
<script>window.dataLayer=[];dataLayer.push("https://www.googletagmanager.com")</script>
<script src="http://thirdparty.invalid/widget.js"></script>
</head>"""
HEADER = """<header class="top"><a class="brand" href="{origin}/">Caf\xe9</a>
<nav aria-label="Main"><a href="/">Home</a> <a href="about">About</a> <a href="/menu?page=2&amp;utm_source=x">Menu 2</a>
</nav></header>"""
FOOTER = """<footer><p>The last line of the page.</p></footer></body></html>"""

HOME = """<body>{header}<main><h1>Welcome</h1>
<picture><source srcset="/img/wide.svg 2x, /img/hero.svg 1x">
<img src="/img/hero.svg" alt="A cup" width="300" height="120"></picture>
<p>Bread, cake and <a href="/about#team">people</a>.<p style="background:url('/img/dots.svg')">Second paragraph
<ul><li>One<li>Two<li>Three</ul>
<img alt="late" data-src="/img/late.svg" width="40" height="40">
<form action="{origin}/send" method="post"><label>Name <input name="name"></label> <button>Send</button></form>
<p id="by-script"></p><noscript><p id="without-script">Shown without scripts.</p></noscript></main>{footer}"""

ABOUT = """<body class="{layout}">{header}<main><h1>About</h1><h2 id="team">Team</h2>
<img src="img/hero.svg" alt="A cup" width="300" height="120"><p>We are many.<p>We bake.
<table><tr><td>One<td>Two<tr><td>Three<td>Four</table></main>{footer}"""

CSS = """@import "fonts.css";
body{margin:0;font:18px/1.6 Shop,sans-serif;color:#222;background:#fffdf7 url(../img/dots.svg)}
a{color:#0b4f9e}div,p,time{color:#222}main{padding:1rem;max-width:50rem;margin:auto}main>:first-child{margin-top:0}
.top{display:flex;gap:1rem;padding:1rem;background:#fff;border-bottom:1px solid #888}
.grid{display:grid;grid-template-rows:auto 1fr auto;min-height:100vh}
.column{display:flex;flex-direction:column;min-height:100vh}.column main{flex:1}
.row{display:flex;place-items:center}
.fixed{padding-top:5rem}.fixed .top{position:fixed;top:0;left:0;right:0}
.print{display:none}"""
JS = """import { text } from "./text.js";
document.getElementById("by-script")?.append(text);
for (const image of document.querySelectorAll("img[data-src]")) image.src = image.dataset.src;
"""
MANIFEST = b'{"name": "Shop", "start_url": "/", "icons": [{"src": "/img/icon.svg", "sizes": "any"}]}'


def svg(colour: str) -> Page:
    """Return an image of one colour, with a line in it."""
    area = f'<rect width="300" height="120" fill="{colour}"/><path d="M0 0L300 120" stroke="#fff"/>'
    return file(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 120">{area}</svg>'.encode(), "image/svg+xml")


def font() -> bytes:
    """Return something that is fetched as a font. Browsers fall back when they can't read it."""
    return b"wOF2 not a font"


def shop(origin: Origin, layout: str = "") -> None:
    """Let an origin be the shop; the page /about has a layout."""
    integrity = "sha384-" + base64.b64encode(hashlib.sha384(CSS.encode()).digest()).decode()
    fill = {"origin": origin.url, "layout": layout, "integrity": integrity}

    def made(title: str, body: str) -> Page:
        whole = HEAD.format(title=title, **fill) + body.format(header=HEADER.format(**fill), footer=FOOTER, **fill)
        return file(whole.encode("latin-1"), "text/html")

    origin.pages = {
        "/": made("home", HOME),
        "/about": made("about", ABOUT),
        "/menu": made("menu", ABOUT),
        "/menu?page=2": made("menu 2", ABOUT),
        "/css/site.css": file(CSS.encode(), "text/css"),
        "/css/print.css": file(b".print{display:block}", "text/css"),
        "/css/fonts.css": file(
            b"@font-face{font-family:Shop;src:url('/fonts/shop.woff2') format('woff2')}", "text/css"
        ),
        "/fonts/shop.woff2": file(font(), "font/woff2"),
        "/js/app.js": file(JS.encode(), "text/javascript"),
        "/js/text.js": file(b'export const text = "Written by a script.";', "text/javascript"),
        "/site.webmanifest": file(MANIFEST, "application/manifest+json"),
        "/favicon.svg": svg("#a33"),
        **{f"/img/{name}.svg": svg(colour) for name, colour in (("hero", "#345"), ("wide", "#354"), ("icon", "#543"))},
        "/img/late.svg": svg("#933"),
        "/img/dots.svg": file(b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "image/svg+xml"),
    }


def alive(url: str) -> bool:
    """Say whether anything answers at a URL."""
    try:
        with urlopen(url, timeout=2):
            return True
    except OSError:
        return False
