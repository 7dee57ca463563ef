/** The demo's report: a timeline with a table at the end, or one JSON document. */
import type { NodeAddresses } from '../../local/sandbox';
import { launchLines, timelineLines, type Names } from './lines';
import type { Outcome } from './run';
import type { Style } from './style';

/** @returns JSON text with a newline at its end */
export function jsonReport({ before, after, timeline, downtimeSeconds, problems }: Outcome): string {
  const persisted = problems.length === 0;
  return `${JSON.stringify({ before, after: after ?? null, timeline, downtimeSeconds, persisted }, null, 2)}\n`;
}

/** @returns text with a newline at its end */
export function textReport(
  outcome: Outcome,
  { attachment, seed }: { readonly attachment: string; readonly seed: number },
  style: Style,
): string {
  const names = namesIn(outcome);
  const title = `Holdfast demo: ${attachment} attachment, seed ${seed}, simulated EC2 in virtual time`;
  const { nodeName, nodeId, launchSeconds } = outcome;
  return [
    style.paint('bold', title),
    '',
    style.paint('underline', `First launch of ${nodeName} (${nodeId}): ACTIVE after ${launchSeconds.toFixed(1)} s`),
    ...launchLines(outcome.launch, namesAtLaunch(outcome), style),
    '',
    style.paint('underline', 'The interruption, in seconds after the event'),
    ...timelineLines(outcome.timeline, names, style),
    '',
    ...table(outcome, style),
    '',
    closing(outcome, style),
    '',
  ].join('\n');
}

/** Explains an exit status other than 0. */
export function explanation({ before, subject, problems, errorReason }: Outcome): string {
  if (subject !== before.instanceId) return `${subject} is not a node's instance: nothing was replaced.`;
  const reason = errorReason === undefined ? '' : ` ${errorReason}`;
  return `The identity was not kept: ${problems.join('; ')}.${reason}`;
}

function namesAtLaunch({ before, elasticIp }: Outcome): Names {
  return new Map([
    [before.networkInterfaceId, 'node ENI'],
    [elasticIp, before.publicIp ?? 'Elastic IP'],
    [before.instanceId, 'first instance'],
  ]);
}

function namesIn(outcome: Outcome): Names {
  const { before, after, subject, attachmentId } = outcome;
  const names = new Map([...namesAtLaunch(outcome), [attachmentId, 'node ENI on old instance']]);
  names.set(before.instanceId, subject === before.instanceId ? 'old instance' : "the node's instance");
  if (after !== undefined && after.instanceId !== before.instanceId) names.set(after.instanceId, 'replacement');
  return names;
}

const ROWS = {
  instanceId: 'instance',
  networkInterfaceId: 'interface',
  privateIp: 'private IP',
  publicIp: 'public IP',
  macAddress: 'MAC address',
} as const satisfies Record<keyof NodeAddresses, string>;

const NAME_WIDTH = 13;
const VALUE_WIDTH = 23;

function table({ before, after, downtimeSeconds }: Outcome, style: Style): string[] {
  const row = (name: string, one: string, other: string, mark: string): string =>
    `  ${name.padEnd(NAME_WIDTH)}${one.padEnd(VALUE_WIDTH)}${other.padEnd(VALUE_WIDTH)}${mark}`.trimEnd();
  const rows = (Object.entries(ROWS) as [keyof NodeAddresses, string][]).map(([field, name]) => {
    const [one, other] = [before[field], after?.[field]].map((value) => value ?? 'none');
    const isSame = one === other;
    // Everything must be kept except the instance.
    const isGood = isSame === (field !== 'instanceId');
    const mark = `${style.symbols[isGood ? 'good' : 'bad']} ${isSame ? 'kept' : 'changed'}`;
    return row(name, one!, other!, style.paint(isGood ? 'green' : 'red', mark));
  });
  return [
    style.paint('bold', row('', 'before', 'after', '')),
    ...rows,
    row('downtime', `${downtimeSeconds.toFixed(1)} s`, '', ''),
  ];
}

function closing(outcome: Outcome, style: Style): string {
  if (outcome.problems.length > 0) return style.paint('red', explanation(outcome));
  const away = `${outcome.downtimeSeconds.toFixed(1)} s`;
  return style.paint(
    'green',
    `The node moved to another instance and kept its addresses, which were away for ${away}.`,
  );
}
