// Shows what /events says: a snapshot of everything, again whenever something has changed. Nothing here is kept but what the
// last snapshot said, so a page that comes back after its node did is simply right again.
"use strict";

const byId = id => document.getElementById(id);
const none = "–";

// ---- words and numbers, as the program itself writes them ----

const number = (value, digits) => typeof value === "number" ? value.toFixed(digits) : value ?? none;
const count = value => value.toLocaleString("en-US");
const percent = share => typeof share === "number" ? number(share * 100, 2) : none;
const plural = (value, one, many) => `${count(value)} ${value === 1 ? one : many}`;

function duration(seconds) {
  const [d, h, m, s] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return d > 0 ? `${d} d ${h} h` : h > 0 ? `${h} h ${m} min` : m > 0 ? `${m} min ${s} s` : `${s} s`;
}

function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) {
    value /= 1024;
  }
  return `${number(value, unit === 0 ? 0 : 1)} ${units[unit]}`;
}

const rate = value => number(value, value < 1 ? 2 : value < 10 ? 1 : 0);

// ---- elements ----

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function drawing(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// Texts change in place: whoever reads, scrolls or has the focus somewhere is not disturbed.
function say(where, text) {
  if (where.textContent !== text) {
    where.textContent = text;
  }
}

/** One child for each item, kept for as long as its item's key is there. */
function keyed(parent, items, keyOf, make, update) {
  const before = new Map([...parent.children].map(child => [child.dataset.key, child]));
  const children = items.map(item => {
    const key = keyOf(item);
    const child = before.get(key) ?? make(item);
    child.dataset.key = key;
    update(child, item);
    return child;
  });
  if (children.length !== parent.children.length || children.some((child, index) => parent.children[index] !== child)) {
    parent.replaceChildren(...children);
  }
}

// ---- campaigns ----

function showCampaigns(snapshot) {
  byId("none").hidden = snapshot.campaigns.length > 0 || snapshot.trouble !== null;
  keyed(
    byId("campaigns"), snapshot.campaigns, campaign => campaign.name,
    campaign => element("li", {},
      element("a", { href: `#${campaign.name}`, textContent: campaign.name }),
      element("progress", { max: 1, ariaLabel: `progress of ${campaign.name}` }),
      element("span", { className: "standing" }),
      element("p", { className: "facts" })),
    (item, campaign) => {
      const [, progress, standing, facts] = item.children;
      item.toggleAttribute("data-chosen", campaign.name === snapshot.chosen?.name);
      item.dataset.standing = campaign.standing;
      item.dataset.done = campaign.done;
      progress.value = campaign.total > 0 ? campaign.done / campaign.total : 0;
      say(standing, campaign.standing);
      say(facts, [
        campaign.total > 0 ? `${percent(campaign.done / campaign.total)} % of ${plural(campaign.total, "image pass", "image passes")}` : null,
        campaign.rate !== null && campaign.standing === "running" ? `${rate(campaign.rate)} image passes/s` : null,
        campaign.secondsLeft !== null && campaign.standing === "running" ? `${duration(campaign.secondsLeft)} left` : null,
        campaign.failures > 0 ? plural(campaign.failures, "failure", "failures") : null,
        campaign.note,
      ].filter(fact => fact !== null).join(", "));
    });
}

// ---- pipelines ----

const box = { width: 176, height: 128, gap: 64, pad: 10 };

function showPipelines(pipelines) {
  const room = byId("pipelines").clientWidth;
  // A picture is drawn anew when its shape changes, and otherwise only told the new numbers.
  const shapeOf = pipeline => {
    const across = pipeline.groups.length * (box.width + box.gap) - box.gap <= room;
    return `${pipeline.pipeline} ${across} ${JSON.stringify(pipeline.groups.map(group => [group.group, group.layers, group.device]))}`;
  };
  keyed(
    byId("pipelines"), pipelines, shapeOf,
    pipeline => element("article", { className: "pipeline" },
      element("h3", { textContent: `Pipeline ${pipeline.pipeline}` }), element("p", {}), picture(pipeline, shapeOf(pipeline).split(" ")[1] === "true")),
    (article, pipeline) => {
      const [, words, svg] = article.children;
      say(words, pipelineText(pipeline));
      if (svg) {
        svg.toggleAttribute("data-busy", pipeline.groups.some(group => group.framesPerSecond > 0));
        pipeline.groups.forEach((group, index) => tellBox(svg.querySelectorAll("g")[index], group));
      }
    });
}

function pipelineText(pipeline) {
  const readings = [
    pipeline.total > 0 ? `${percent(pipeline.done / pipeline.total)} %` : null,
    pipeline.loss !== null ? `loss ${number(pipeline.loss, 4)}` : null,
    pipeline.accuracy !== null ? `accuracy ${percent(pipeline.accuracy)} %` : null,
    pipeline.zeros !== null ? `input zeros ${percent(pipeline.zeros)} %` : null,
  ].filter(reading => reading !== null);
  return [`${pipeline.run}: ${pipeline.work ?? "waiting"}`, ...readings].join(", ");
}

/** Layer groups in a row, or in a column where a row does not fit; spikes go one way, gradients the other. */
function picture(pipeline, across) {
  if (pipeline.groups.length === 0) {
    return "";
  }
  const [stepX, stepY] = across ? [box.width + box.gap, 0] : [0, box.height + box.gap];
  const last = pipeline.groups.length - 1;
  const [width, height] = [last * stepX + box.width + 2, last * stepY + box.height + 2];
  const svg = drawing("svg", { width, height, viewBox: `-1 -1 ${width} ${height}`, role: "img", "aria-label": `layer groups of ${pipeline.pipeline}` }, heads(pipeline.pipeline));
  pipeline.groups.forEach((group, index) => {
    const [x, y] = [index * stepX, index * stepY];
    svg.append(drawing("g", { transform: `translate(${x} ${y})` }, ...boxContent(group)));
    if (index < last) {
      svg.append(...arrows(pipeline.pipeline, x, y, across));
    }
  });
  return svg;
}

function heads(name) {
  const head = kind => drawing("marker", { id: `${name}-${kind}`, viewBox: "0 0 6 6", refX: 5, refY: 3, markerWidth: 4, markerHeight: 4, orient: "auto" },
    drawing("path", { d: "M0 0L6 3L0 6z", class: kind }));
  return drawing("defs", {}, head("spikes"), head("gradients"));
}

function arrows(name, x, y, across) {
  const arrow = (kind, x1, y1, x2, y2) => drawing("line", { class: kind, x1, y1, x2, y2, "marker-end": `url(#${name}-${kind})` });
  const label = (kind, x, y, text) => drawing("text", { class: `small ${kind}`, x, y, "text-anchor": "middle" }, text);
  if (across) {
    const [from, to, middle] = [x + box.width + 4, x + box.width + box.gap - 4, y + box.height / 2];
    return [arrow("spikes", from, middle - 10, to, middle - 10), arrow("gradients", to, middle + 10, from, middle + 10),
      label("spikes", (from + to) / 2, middle - 18, "spikes"), label("gradients", (from + to) / 2, middle + 24, "gradients")];
  }
  const [from, to, middle] = [y + box.height + 4, y + box.height + box.gap - 4, x + box.width / 2];
  return [arrow("spikes", middle - 10, from, middle - 10, to), arrow("gradients", middle + 10, to, middle + 10, from),
    label("spikes", middle - 36, (from + to) / 2 + 4, "spikes"), label("gradients", middle + 44, (from + to) / 2 + 4, "gradients")];
}

const barWidth = box.width - 2 * box.pad;

function boxContent(group) {
  const layers = group.layers.split(", ");
  const text = (y, words, kind = "") => drawing("text", { x: box.pad, y, class: kind }, words);
  const bar = (y, kind) => [
    drawing("rect", { class: "track", x: box.pad, y, width: barWidth, height: 6, rx: 3 }),
    drawing("rect", { class: `bar ${kind}`, x: box.pad, y, width: 0, height: 6, rx: 3 }),
  ];
  return [
    drawing("title", {}, `layer group ${group.group} on ${group.device}: ${group.layers}; ${bytes(group.bytes)}`),
    drawing("rect", { class: "box", width: box.width, height: box.height, rx: 6 }),
    drawing("text", { x: box.pad, y: 19, class: "head" }, `group ${group.group}`),
    drawing("text", { x: box.width - box.pad, y: 19, "text-anchor": "end", class: "rate" }),
    text(35, cut(group.device, 27), "small"),
    text(50, cut(layers.length > 1 ? `${layers[0]} … ${layers.at(-1)}` : group.layers, 27), "small"),
    text(72, "", "spike-zeros"), ...bar(77, "spikes"),
    text(103, "", "gradient-zeros"), ...bar(108, "gradients"),
  ];
}

const cut = (words, length) => words.length <= length ? words : `${words.slice(0, length - 1)}…`;

function tellBox(drawn, group) {
  say(drawn.querySelector(".rate"), `${rate(group.framesPerSecond)} frames/s`);
  say(drawn.querySelector(".spike-zeros"), `zeros in spikes ${shortPercent(group.spikeZeros)}`);
  say(drawn.querySelector(".gradient-zeros"), `zeros in gradient ${shortPercent(group.gradientZeros)}`);
  drawn.querySelector(".bar.spikes").setAttribute("width", (group.spikeZeros ?? 0) * barWidth);
  drawn.querySelector(".bar.gradients").setAttribute("width", (group.gradientZeros ?? 0) * barWidth);
}

const shortPercent = share => share === null ? none : `${number(share * 100, 1)} %`;

// ---- runs and their cells ----

/** Runs as the snapshot has them; the cells of a campaign that nobody works on any more are those of its results.json. */
function showRuns(chosen) {
  const finished = chosen.cells.length === 0 ? results(chosen) : null;
  const runs = chosen.runs.map((run, index) => ({
    ...run,
    cells: finished ? finished.runs[index]?.cells.map(ofResults) ?? [] : chosen.cells.filter(cell => cell.run === run.run),
  }));
  byId("runs").dataset.source = finished ? "results.json" : "live";
  keyed(
    byId("runs"), runs, run => run.run,
    run => element("article", {}, element("h3", { textContent: run.run }), element("p", { className: "faint" }), element("div", { className: "table", tabIndex: 0 }, element("table", {}))),
    (article, run) => {
      const [, words, holder] = article.children;
      say(words, [
        `${count(run.epochsDone)} of ${plural(run.epochs, "epoch", "epochs")}`,
        `${count(run.shardsDone)} of ${plural(run.shards, "shard", "shards")}`,
        run.givenUp ? "some of it failed too often and was given up" : null,
      ].filter(part => part !== null).join(", "));
      showCells(holder, run.cells, finished !== null);
    });
}

const ofResults = cell => ({
  protocol: cell.protocol, attack: cell.attack, epsilon: cell.epsilon, accuracy: cell.accuracy, loss: cell.loss,
  zeros: cell["input-gradient"]["zero-fraction"], measured: cell.total, images: cell.total,
});

function showCells(holder, cells, finished) {
  holder.hidden = cells.every(cell => cell.measured === 0);
  const columns = [
    ["protocol", cell => cell.protocol],
    ["attack", cell => cell.attack],
    ["eps", cell => String(cell.epsilon), "right"],
    [finished ? "accuracy %" : "accuracy so far %", cell => percent(cell.accuracy), "right accuracy"],
    ...(finished ? [["loss", cell => number(cell.loss, 4), "right"]] : []),
    ["input zeros %", cell => percent(cell.zeros), "right zeros"],
    ["images", cell => finished ? count(cell.measured) : `${count(cell.measured)} of ${count(cell.images)}`, "right"],
  ];
  const text = JSON.stringify([columns.map(([name]) => name), cells]);
  if (holder.dataset.shown === text) {
    return;
  }
  holder.dataset.shown = text;
  holder.firstChild.replaceChildren(
    element("thead", {}, element("tr", {}, ...columns.map(([name, , kind = ""]) => element("th", { scope: "col", className: kind, textContent: name })))),
    element("tbody", {}, ...cells.map(cell => {
      const row = element("tr", { className: cell.measured < cell.images ? "partial" : "" },
        ...columns.map(([, content, kind = ""]) => element("td", { className: kind, textContent: content(cell) })));
      row.dataset.cell = `${cell.protocol}/${cell.attack}/${cell.epsilon}`;
      return row;
    })));
}

// The results of the campaign that is looked at, once they are fetched.
let fetched = { key: null, results: null };

function results(chosen) {
  const key = chosen.results && `${chosen.name} ${chosen.results}`;
  if (key !== fetched.key) {
    fetched = { key, results: null };
    if (key) {
      fetch(`campaigns/${chosen.name}/results.json`)
        .then(response => response.ok ? response.json() : Promise.reject(response.status))
        .then(read => { if (fetched.key === key) { fetched.results = read; redraw(); } })
        .catch(() => { if (fetched.key === key) { fetched.key = null; } });
    }
  }
  return fetched.results;
}

// ---- all of it ----

let last = null;

function redraw() {
  if (last) {
    show(last);
  }
}

function show(snapshot) {
  last = snapshot;
  const { chosen } = snapshot;
  say(byId("title"), snapshot.title);
  byId("trouble").hidden = snapshot.trouble === null;
  say(byId("trouble"), snapshot.trouble ?? "");
  showCampaigns(snapshot);
  byId("chosen").hidden = chosen === null;
  document.title = chosen ? `${chosen.name} – SpikeTrail` : "SpikeTrail";
  if (chosen) {
    say(byId("chosen-heading"), chosen.name);
    byId("report").hidden = chosen.results === null;
    byId("report").firstChild.href = `campaigns/${chosen.name}/report.html`;
    showPipelines(chosen.pipelines);
    byId("failures").hidden = chosen.failures.length === 0;
    keyed(byId("failures"), chosen.failures.map((line, index) => ({ line, index })), ({ index }) => String(index), () => element("li", {}), (item, { line }) => say(item, line));
    showRuns(chosen);
  }
}

// ---- the connection ----

let events = null;
let lastHeard = 0;

function connect() {
  events?.close();
  const name = location.hash.slice(1);
  events = new EventSource(name ? `events?campaign=${encodeURIComponent(name)}` : "events");
  const hear = () => {
    lastHeard = performance.now();
    tell("live", false);
  };
  events.addEventListener("open", hear);
  events.addEventListener("beat", hear);
  events.addEventListener("snapshot", event => {
    hear();
    show(JSON.parse(event.data));
  });
  // The browser tries again by itself, unless it was turned away: then this does (below).
  events.addEventListener("error", () => tell("not reachable, trying again", true));
}

function tell(words, lost) {
  byId("connection").classList.toggle("lost", lost);
  say(byId("connection"), words);
}

// A connection that says nothing for long is dead, whatever the browser believes.
setInterval(() => {
  if (events.readyState === EventSource.CLOSED || (events.readyState === EventSource.OPEN && performance.now() - lastHeard > 20000)) {
    tell("not reachable, trying again", true);
    connect();
  }
}, 2000);

addEventListener("hashchange", connect);
addEventListener("resize", redraw);
connect();
