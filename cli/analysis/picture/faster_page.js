// Replaces what is slow in the page that mermaidx imitates for Mermaid. Each function returns what the one before it
// does: it is called for each label, each element around it, and each rule of the style sheet.
{
  const kept = (make) => {
    const results = new Map();
    return (key) => {
      if (!results.has(key)) results.set(key, make(key));
      return results.get(key);
    };
  };

  // It went on through the whole document once it had found an element.
  const first = (root, selector) => {
    for (const child of root.childNodes) {
      if (child.nodeType !== 1) continue;
      const found = __matches(child, selector) ? child : first(child, selector);
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

  const faster = {
    __querySelector: first,
    __matches: matches,
    __parseComplex: chain,
    __matchesCompound: compound,
  };
  const used = [...Object.keys(faster), "__matchesSimple", "__splitTopLevel"];
  if (used.every((name) => typeof globalThis[name] === "function")) Object.assign(globalThis, faster);
}
