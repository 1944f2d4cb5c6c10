// Replaces what is slow in the page that mermaidx imitates for Mermaid, and in its engine. Each function returns what
// the one before it does: those of selectors are called for each label, each element around it, and each rule of the
// style sheet, and the one of expressions for each rule of a grammar at each word.
{
  const kept = (make) => {
    const results = new Map();
    return (key) => {
      if (!results.has(key)) results.set(key, make(key));
      return results.get(key);
    };
  };

  // It went on through the whole document once it had found an element. The one of the style sheet, which is looked up
  // most, is found by its name alone.
  const first = (root, selector) => descendant(root, tests(selector));
  const tests = kept((selector) =>
    /^[\w-]+$/.test(selector) ? (element) => has(element, selector) : (element) => __matches(element, selector));
  const descendant = (root, test) => {
    for (const child of root.childNodes) {
      if (child.nodeType !== 1) continue;
      const found = test(child) ? child : descendant(child, test);
      if (found) return found;
    }
    return null;
  };

  // They split a selector anew for each element.
  const parts = kept((selector) => __splitTopLevel(selector.trim(), (c) => c === ",").map(([part]) => part.trim()));
  const matches = (element, selector) => parts(selector).some((part) => __matchesSimple(element, part));
  const chain = kept(globalThis.__parseComplex);

  // A name with ids and classes needs no expressions for all other parts of a selector.
  const names = kept((text) => (/^[\w-]*([.#][\w-]+)*$/.test(text) ? text.match(/[.#]?[\w-]+/g) : null));
  const other = globalThis.__matchesCompound;
  const compound = (element, text) => {
    const found = names(text);
    return found ? found.every((name) => has(element, name)) : other(element, text);
  };
  const has = (element, name) => {
    if (name[0] === "#") return element.getAttribute("id") === name.slice(1);
    if (name[0] === ".") return element.classList.contains(name.slice(1));
    return (element.tagName || "").toLowerCase() === name.toLowerCase();
  };

  // It matched all rules that have the property. Elements with the same name, id and classes have the same rules whose
  // last part can match them, and the last rule that matches counts.
  const style = (element, property) => {
    const id = element.getAttribute("id"), classes = element.getAttribute("class");
    const key = [property, element.tagName, id, classes].join("\n");
    const found = ofSheet(__getCssRules());
    if (!found.has(key)) found.set(key, possible(__getCssRules(), element, property));
    const rule = found.get(key).find(([selector]) => __matchesSimple(element, selector));
    return rule ? rule[1] : null;
  };
  // Those of one style sheet: each drawing has its own.
  let sheet, ofElements;
  const ofSheet = (rules) => {
    if (sheet !== rules) [sheet, ofElements] = [rules, new Map()];
    return ofElements;
  };
  const possible = (rules, element, property) =>
    rules.filter(({ decls }) => property in decls).reverse().flatMap(({ selectors, decls }) =>
      parts(selectors).filter((part) => endsWith(part, element)).map((part) => [part, decls[property]]));
  const endsWith = (selector, element) => {
    const found = names(chain(selector).at(-1)?.compound ?? "");
    return !found || found.every((name) => has(element, name));
  };

  // mermaidx keeps `RegExp.$1` and the like after each match of an expression, which copies the text that is left. They
  // are looked up when somebody reads them, which Mermaid only does after a call of `match`.
  let lastMatch = [];
  // Returns the engine's own `exec`, which mermaidx's calls with `call`; null if it has none.
  const engineExec = () => {
    const call = Function.prototype.call;
    let called = null;
    Function.prototype.call = function () {
      called = this;
      return null;
    };
    /x/.exec("");
    Function.prototype.call = call;
    return called;
  };
  const exec = engineExec();
  if (exec) {
    RegExp.prototype.exec = exec;
    for (let group = 1; group <= 9; group++) {
      Object.defineProperty(RegExp, `$${group}`, { get: () => lastMatch[group] ?? "" });
    }
  }

  // The rules of Mermaid's grammars match at the beginning of the text that is left. This engine looks for a match at
  // each of its characters, but for a sticky expression.
  const STICKY = Symbol("sticky");
  const match = String.prototype.match;
  String.prototype.match = function (pattern) {
    const anchored = pattern instanceof RegExp && (pattern[STICKY] ??= sticky(String(pattern)));
    if (anchored) anchored.lastIndex = 0;
    const found = anchored ? anchored.exec(this) : match.call(this, pattern);
    if (found) lastMatch = found;
    return found;
  };
  // By its text, since an expression that is written in a function is a new one in each call.
  const sticky = kept((text) => {
    const [, source, flags] = /^\/(.*)\/(\w*)$/s.exec(text);
    return /^[iu]*$/.test(flags) && isAnchored(source) && new RegExp(source, `${flags}y`);
  });
  // Whether it has no alternative that does not begin with ^.
  const isAnchored = (source) => {
    let depth = 0, inSet = false;
    for (let at = 0; at < source.length; at++) {
      const character = source[at];
      if (character === "\\") at++;
      else if (inSet) inSet = character !== "]";
      else if (character === "[") inSet = true;
      else if (character === "(") depth++;
      else if (character === ")") depth--;
      else if (character === "|" && !depth) return false;
    }
    return source[0] === "^";
  };

  // Mermaid copies all settings for each part of a drawing, also those of kinds of diagrams that are not drawn.
  const DRAWN = ["flowchart", "gantt", "themeVariables"];
  for (const [kind, settings] of Object.entries(globalThis.mermaid?.mermaidAPI?.defaultConfig ?? {})) {
    if (settings?.constructor !== Object || DRAWN.includes(kind)) continue;
    for (const name of Object.keys(settings)) delete settings[name];
  }

  const faster = {
    __resolveCssProp: style,
    __querySelector: first,
    __matches: matches,
    __parseComplex: chain,
    __matchesCompound: compound,
  };
  const used = [...Object.keys(faster), "__matchesSimple", "__splitTopLevel", "__getCssRules"];
  if (used.every((name) => typeof globalThis[name] === "function")) Object.assign(globalThis, faster);
}
