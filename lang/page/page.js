"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const all = (query) => [...document.querySelectorAll(query)];
  const NUMBER = { nan: NaN, inf: Infinity, "-inf": -Infinity };
  const real = (value) => (typeof value === "string" ? NUMBER[value] : value);
  const nodes = data.nodes;
  const byIndex = new Map(nodes.map((node) => [node.index, node]));
  const forwardRows = all("#forward tbody tr");
  const backwardRows = all("#backward tbody tr");
  const total = nodes.length + backwardRows.length;
  const first = nodes.map((node) => real(node.value));
  const recorded = new Map(nodes.map((node, place) => [node.index, first[place]]));
  let values = new Map(recorded);
  let partials = new Map();
  let adjoints = new Map();
  let position = 0;

  // --- numbers ---------------------------------------------------------------------------------------------

  const exact = (value) => {
    if (typeof value === "boolean") return String(value);
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
    return Object.is(value, -0) ? "-0" : String(value).replace("e+", "e");
  };
  const short = (value) => {
    if (typeof value !== "number" || !Number.isFinite(value)) return exact(value);
    if (Number.isInteger(value) && Math.abs(value) < 1e6) return exact(value);
    return exact(Number(value.toPrecision(5)));
  };

  const inputs = () => new Map(all("[data-exact]").map((box) => [box.dataset.exact, box.valueAsNumber]));

  const run = (program, script, given) => {
    const answer = program(...script.inputs.map((name) => given.get(name)));
    return script.results.length === 1 ? { [script.results[0]]: answer } : answer;
  };

  function compute(given) {
    const { values: forward, sweep, whole } = data.scripts;
    partials = new Map(nodes.flatMap((node) => node.edges.map((edge) => [edge.slot, real(edge.partial)])));
    values = new Map(recorded);
    if (forward) {
      const keyed = new Map(forward.inputs.map((key) => [key, given.get(forward.meanings[key])]));
      const found = run(valuesProgram, forward, keyed);
      for (const node of nodes) {
        values.set(node.index, node.key in found ? found[node.key] : keyed.has(node.key) ? keyed.get(node.key) : recorded.get(node.index));
        for (const edge of node.edges) if (edge.slot in found) partials.set(edge.slot, found[edge.slot]);
      }
      if (sweep) {
        const swept = run(sweepProgram, sweep, keyed);
        adjoints = new Map(nodes.map((node) => [node.index, swept[sweep.meanings[node.key]]]));
      }
    }
    return run(wholeProgram, whole, given);
  }

  // --- what is wrong with these inputs ----------------------------------------------------------------------

  function trouble(given, answer) {
    const live = Boolean(data.scripts.values);
    for (const [name, value] of given) if (Number.isNaN(value)) return `${name} needs a number.`;
    const moved = nodes.some((node) => node.kind === "input" && given.get(node.name) !== recorded.get(node.index));
    const result = answer[data.scripts.whole.meanings[data.target]];
    if (!live) return moved ? "The steps below are those of the inputs that this page was made with; the result and its derivatives above are those of your inputs." : "";
    const other = nodes.find((node) => typeof recorded.get(node.index) === "boolean" && values.get(node.index) !== recorded.get(node.index));
    const here = values.get(data.end);
    const apart = Math.abs(here - result) > 1e-9 * Math.max(1e-300, Math.abs(result)) + 1e-300;
    if (other || apart) {
      const where = other ? ` at line ${other.line}` : "";
      return `With these inputs the program goes another way${where}. The result and its derivatives above are right; the steps below follow the way of the inputs that this page was made with.`;
    }
    const broken = nodes.find((node) => typeof values.get(node.index) === "number" && !Number.isFinite(values.get(node.index)));
    return broken ? `${broken.name} = ${broken.text} (line ${broken.line}) is not a finite number with these inputs.` : "";
  }

  // --- painting ---------------------------------------------------------------------------------------------

  function sums() {
    const sum = new Map([[data.end, 1]]);
    for (const row of backwardRows) {
      if (!("from" in row.dataset)) continue;
      const node = byIndex.get(Number(row.dataset.from));
      const edge = node.edges[Number(row.dataset.edge)];
      const part = partials.get(edge.slot) * sum.get(node.index);
      sum.set(edge.from, sum.has(edge.from) ? sum.get(edge.from) + part : part);
      row.children[1].textContent = exact(part);
      row.children[2].textContent = exact(sum.get(edge.from));
    }
    for (const [index, value] of sum) if (adjoints.get(index) === undefined) adjoints.set(index, value);
    return sum;
  }

  function edgePartial(start, end) {
    const box = data.boxes[end];
    const weights = new Map([[box.shown, 1]]);
    const inside = new Set(box.steps);
    const outside = new Set(data.boxes[start].steps);
    let found;
    for (const index of [...box.steps].reverse()) {
      if (!weights.has(index)) continue;
      for (const edge of byIndex.get(index).edges) {
        const part = weights.get(index) * partials.get(edge.slot);
        if (inside.has(edge.from)) weights.set(edge.from, (weights.get(edge.from) || 0) + part);
        else if (outside.has(edge.from)) found = (found || 0) + part;
      }
    }
    return found;
  }

  function paintNumbers(answer) {
    const { meanings } = data.scripts.whole;
    at("result").textContent = exact(answer[meanings[data.target]]);
    for (const cell of all("[data-slope]")) {
      const found = answer[meanings["d " + cell.dataset.slope]];
      cell.textContent = exact(found === undefined ? 0 : found);
    }
    nodes.forEach((node, place) => {
      forwardRows[place].children[3].textContent = exact(values.get(node.index));
    });
    const sum = sums();
    data.boxes.forEach((box, place) => {
      const card = at(`g-${place}`);
      card.querySelector(".value").textContent = short(values.get(box.shown));
      const slope = card.querySelector(".slope");
      if (slope && sum.has(box.shown)) slope.textContent = `d${data.target}/d${box.name} = ${short(sum.get(box.shown))}`;
      const line = card.querySelector("title");
      line.textContent = `${box.name}: value ${exact(values.get(box.shown))}` + (sum.has(box.shown) ? `, derivative ${exact(sum.get(box.shown))}` : "");
    });
    for (const label of all(".adg .partial")) {
      const found = edgePartial(Number(label.dataset.start), Number(label.dataset.end));
      if (found !== undefined) label.querySelector("text").textContent = short(found);
    }
  }

  function recompute() {
    const given = inputs();
    let answer;
    adjoints = new Map();
    try {
      answer = compute(given);
    } catch (error) {
      at("trouble").textContent = "These inputs cannot be computed here: " + error.message;
      at("trouble").hidden = false;
      return;
    }
    paintNumbers(answer);
    const words = trouble(given, answer);
    at("trouble").textContent = words;
    at("trouble").hidden = !words;
    show(false);
  }

  function words() {
    if (position === 0) return "Press Next, or the right arrow key, to run the program step by step.";
    if (position <= nodes.length) {
      const node = nodes[position - 1];
      const value = exact(values.get(node.index));
      const made = node.kind === "input" ? `Input ${node.name} = ${value}` : `${node.kind === "condition" ? "Condition " + node.text + " is" : node.name + " = " + node.text + " ="} ${value}`;
      return `Forward ${position} of ${nodes.length}, line ${node.line}: ${made}`;
    }
    const row = backwardRows[position - nodes.length - 1];
    const text = row.children[0].textContent;
    const number = position - nodes.length;
    return `Backward ${number} of ${backwardRows.length}: ${text}` + ("from" in row.dataset ? ` adds ${row.children[1].textContent}, sum ${row.children[2].textContent}` : "");
  }

  function show(scroll = true) {
    const back = position - nodes.length;
    forwardRows.forEach((row, place) => {
      row.classList.toggle("ahead", place >= position);
      row.classList.toggle("now", place === position - 1);
    });
    backwardRows.forEach((row, place) => {
      row.classList.toggle("ahead", place >= back);
      row.classList.toggle("now", place === back - 1);
    });
    const done = new Set(nodes.slice(0, position).map((node) => node.index));
    const swept = new Set(back > 0 ? [data.end] : []);
    let edge = null;
    backwardRows.slice(0, Math.max(0, back)).forEach((row) => {
      if (!("from" in row.dataset)) return;
      const node = byIndex.get(Number(row.dataset.from));
      edge = [node.edges[Number(row.dataset.edge)].from, node.index];
      swept.add(edge[0]);
    });
    let current = position > 0 && back <= 0 ? nodes[position - 1] : edge ? byIndex.get(edge[0]) : byIndex.get(data.end);
    if (position === 0) current = null;
    data.boxes.forEach((box, place) => {
      const card = at(`g-${place}`).classList;
      card.toggle("ahead", !done.has(box.shown));
      card.toggle("later", !swept.has(box.shown));
      card.toggle("now", current !== null && current.box === place);
    });
    for (const part of all(".adg .edge, .adg .tip, .adg .partial")) {
      const [start, end] = [data.boxes[part.dataset.start], data.boxes[part.dataset.end]];
      part.classList.toggle("ahead", !done.has(end.shown));
      part.classList.toggle("now", back > 0 && edge !== null && start.steps.includes(edge[0]) && end.steps.includes(edge[1]));
    }
    const line = back > 0 && edge ? byIndex.get(edge[1]).line : current ? current.line : 0;
    for (const item of all(".source li")) item.classList.toggle("now", item.id === `line${line}`);
    at("position").value = position;
    at("position").setAttribute("aria-valuetext", `step ${position} of ${total}`);
    at("count").textContent = `${position} / ${total}`;
    at("say").textContent = words();
    at("first").disabled = at("back").disabled = position === 0;
    at("last").disabled = at("next").disabled = position === total;
    if (scroll) for (const query of ["#forward tr.now", "#backward tr.now", ".adg .node.now"]) center(query);
  }

  function center(query) {
    const found = document.querySelector(query);
    const frame = found && found.closest(".scroll, .picture");
    if (!frame) return;
    const [inner, outer] = [found.getBoundingClientRect(), frame.getBoundingClientRect()];
    if (inner.top < outer.top || inner.bottom > outer.bottom) frame.scrollTop += inner.top - outer.top - outer.height / 2;
    if (inner.left < outer.left || inner.right > outer.right) frame.scrollLeft += inner.left - outer.left - outer.width / 2;
  }

  function go(place) {
    position = Math.min(total, Math.max(0, place));
    show();
  }

  // --- hands ------------------------------------------------------------------------------------------------

  at("position").max = total;
  at("position").addEventListener("input", (event) => go(Number(event.target.value)));
  at("first").addEventListener("click", () => go(0));
  at("back").addEventListener("click", () => go(position - 1));
  at("next").addEventListener("click", () => go(position + 1));
  at("last").addEventListener("click", () => go(total));
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input, .scroll, .picture") || event.altKey || event.ctrlKey || event.metaKey) return;
    const move = { ArrowRight: position + 1, ArrowLeft: position - 1, Home: 0, End: total }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    go(move);
  });
  for (const slider of all("[data-input]")) {
    const box = all("[data-exact]").find((each) => each.dataset.exact === slider.dataset.input);
    slider.addEventListener("input", () => { box.value = slider.value; recompute(); });
    box.addEventListener("input", () => { slider.value = box.value; recompute(); });
  }
  recompute();
  go(0);
})();
