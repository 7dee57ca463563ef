/** The report as text. */
import type { Report, TrialReport } from './report-schema';

export function reportText(report: Report): string {
  const { simulated, trials, answers, problems, leftovers, passed } = report;
  return [
    ...(simulated ? ['SIMULATED: this run took place on the simulator, not in AWS.', ''] : []),
    ...trials.flatMap(trialLines),
    ...(answers.length > 0 ? ['What AWS does not document'] : []),
    ...answers.flatMap(({ question, answer, evidence }) => [`  ${question}`, `    ${answer}. ${evidence}`]),
    '',
    ...problems.map((problem) => `problem: ${problem}`),
    ...leftovers.flatMap(({ what, command }) => [`left over: ${what}. Remove it with:`, `  ${command}`]),
    passed ? 'passed: each node moved to another instance and kept its addresses.' : 'FAILED',
    '',
  ].join('\n');
}

function trialLines(trial: TrialReport): readonly string[] {
  const { attachment, nodeId, addressAwaySeconds, simulatedAddressAwaySeconds, phases } = trial;
  if (trial.before === null) return [`${attachment}: ${nodeId ?? 'no node'} did not become ACTIVE`, ''];
  return [
    `${attachment}: ${nodeId ?? ''}`,
    ...identityLines(trial),
    '',
    `  ${'seconds'.padEnd(NAME_WIDTH)}${'here'.padStart(8)}   simulator`,
    ...phases.map(({ phase, seconds, simulatedSeconds }) => row(phase, seconds, simulatedSeconds)),
    row('address away', addressAwaySeconds, simulatedAddressAwaySeconds),
    '',
  ];
}

const NAME_WIDTH = 40;

function row(name: string, seconds: number | null, simulated: readonly [number, number] | null): string {
  const here = seconds === null ? '-' : seconds.toFixed(1);
  const there = simulated === null ? '-' : `${simulated[0].toFixed(1)} to ${simulated[1].toFixed(1)}`;
  return `  ${name.padEnd(NAME_WIDTH)}${here.padStart(8)}   ${there}`;
}

const FIELDS = [
  ['instanceId', 'instance'],
  ['networkInterfaceId', 'interface'],
  ['privateIp', 'private IP'],
  ['publicIp', 'public IP'],
  ['macAddress', 'MAC address'],
] as const;

function identityLines({ before, after }: TrialReport): readonly string[] {
  return FIELDS.map(([field, name]) => {
    const [from, to] = [before?.[field] ?? '-', after?.[field] ?? '-'];
    return `  ${name.padEnd(12)} ${from.padEnd(22)} ${to.padEnd(22)} ${from === to ? 'kept' : 'changed'}`;
  });
}
