/** Formats a timeline as lines for a reader: a time, a symbol, a sentence. */
import type { Style } from './style';
import type { Entry } from './timeline';

type Call = Extract<Entry, { kind: 'call' }>;
type Change = Extract<Entry, { kind: 'change' }>;
type Step = Extract<Entry, { kind: 'step' }>;

/** By id, the role of the resource in the demo, such as "old instance". */
export type Names = ReadonlyMap<string, string>;

const SECONDS_WIDTH = 7;
const COMMAND_WIDTH = 28;

/** The lines of everything from the event on. */
export function timelineLines(entries: readonly Entry[], names: Names, style: Style): string[] {
  return groupPolls(entries.filter((entry) => isShown(entry, names))).map(({ entry, count }) => {
    switch (entry.kind) {
      case 'event': {
        const action = entry.action === undefined ? '' : ` (${entry.action})`;
        const text = `${entry.what}${action}: ${named(entry.instanceId, names)}`;
        return line(entry.atSeconds, style.paint('yellow', style.symbols.event), style.paint('bold', text), style);
      }
      case 'step':
        return stepLine(entry, style);
      case 'call':
        return callLine(entry, count, names, style);
      case 'change':
        return changeLine(entry, names, style);
    }
  });
}

/** The lines of the first launch, in brief: only what was created. */
export function launchLines(entries: readonly Entry[], names: Names, style: Style): string[] {
  return entries
    .filter((entry) => isShown(entry, names))
    .filter(isMilestone)
    .map((entry) => changeLine(entry, names, style));
}

/**
 * Leaves out choice states, which say nothing about the node, and attachments, which repeat what the interface shows.
 * Of an instance's own interface, keeps only creation and deletion.
 */
function isShown(entry: Entry, names: Names): boolean {
  if (entry.kind === 'step') return !entry.what.endsWith('?');
  if (entry.kind !== 'change' || entry.what === 'address') return true;
  if (entry.what === 'interface') return names.has(entry.resourceId) || ENDS.has(entry.from) || ENDS.has(entry.to);
  return entry.what !== 'attachment';
}

const ENDS: ReadonlySet<string> = new Set(['none', 'deleted']);

function isMilestone(entry: Entry): entry is Change & Entry {
  if (entry.kind !== 'change') return false;
  if (entry.what === 'interface') return entry.from === 'none';
  return entry.what === 'instance' || entry.what === 'association';
}

/** Merges repeated describe calls with the same outcome into one line. */
function groupPolls(entries: readonly Entry[]): { readonly entry: Entry; readonly count: number }[] {
  const groups: { entry: Entry; count: number }[] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    if (last !== undefined && isSamePoll(last.entry, entry)) last.count += 1;
    else groups.push({ entry, count: 1 });
  }
  return groups;
}

function isSamePoll(one: Entry, other: Entry): boolean {
  if (one.kind !== 'call' || other.kind !== 'call' || !isDescribe(one)) return false;
  return one.what === other.what && one.outcome === other.outcome && idsOf(one) === idsOf(other);
}

function isDescribe({ what }: Call): boolean {
  return what.startsWith('Describe');
}

function idsOf({ resourceIds }: Call): string {
  return resourceIds.join(' ');
}

function stepLine({ atSeconds, what, phase, error }: Step & Entry, style: Style): string {
  if (phase === 'entered') {
    return line(atSeconds, style.paint('cyan', style.symbols.step), style.paint('bold', what), style);
  }
  const text = {
    failed: error === 'States.Timeout' ? 'timed out (States.Timeout)' : (error ?? 'failed'),
    retried: 'retried',
    caught: 'error handled',
  }[phase];
  return line(atSeconds, style.paint('yellow', `  ${style.symbols.trouble}`), text, style);
}

function callLine(call: Call & Entry, count: number, names: Names, style: Style): string {
  const command = count === 1 ? call.what : `${call.what} ${style.times}${count}`;
  const ids = call.resourceIds.map((id) => named(id, names)).join(', ');
  const outcome = call.outcome === 'ok' ? '' : `  ${style.paint('yellow', call.outcome)}`;
  const text = `${command.padEnd(COMMAND_WIDTH)}  ${ids}`.trimEnd();
  // A describe call changes nothing, so it is dimmed.
  const shown = isDescribe(call) ? style.paint('dim', text) : text;
  return line(call.atSeconds, style.paint('blue', `  ${style.symbols.call}`), `${shown}${outcome}`, style);
}

function changeLine({ atSeconds, what, resourceId, from, to }: Change & Entry, names: Names, style: Style): string {
  if (what === 'address') {
    const text = to === 'away' ? 'The address leads nowhere.' : 'The address leads to a running instance again.';
    const [format, symbol] = to === 'away' ? (['red', 'bad'] as const) : (['green', 'good'] as const);
    return line(atSeconds, style.paint(format, style.symbols[symbol]), style.paint(format, text), style);
  }
  const isOwn = what === 'interface' && !names.has(resourceId);
  const who = isOwn ? `${resourceId} (its own primary)` : named(resourceId, names);
  const text = `${who}: ${what === 'association' ? association(from, to, names) : state()}`;
  return line(atSeconds, style.paint('green', `  ${style.symbols.change}`), text, style);

  function state(): string {
    return from === 'none' ? `new, ${to}` : `${from} ${style.arrow} ${to}`;
  }
}

function association(from: string, to: string, names: Names): string {
  return to === 'none' ? `taken off ${names.get(from) ?? from}` : `put on ${names.get(to) ?? to}`;
}

function line(atSeconds: number, symbol: string, text: string, style: Style): string {
  return `${style.paint('dim', `${atSeconds.toFixed(1).padStart(SECONDS_WIDTH)} s`)}  ${symbol} ${text}`;
}

function named(id: string, names: Names): string {
  const name = names.get(id);
  return name === undefined ? id : `${id} (${name})`;
}
