/** Answers to what AWS does not document and the simulator therefore has to guess. */
import { firstSeenMs, stateOf, type Look } from './observations';
import { toTenths, type Interrupted } from './milestones';

export interface Answer {
  readonly question: string;
  /** `not seen`: this run had no occasion to see it. */
  readonly answer: string;
  readonly evidence: string;
}

const NOT_SEEN = 'not seen';

export interface Evidence {
  readonly accountId: string;
  readonly subnet: { readonly id: string; readonly ownerId: string; readonly arn: string };
  readonly interrupted: readonly Interrupted[];
  /** What EC2 returned for the deleted interfaces. */
  readonly deleted: readonly NonNullable<Look['missingInterface']>[];
}

export function answersFrom(evidence: Evidence): readonly Answer[] {
  return [
    associationAnswer(evidence),
    interfaceFreeAnswer(evidence),
    deletedInterfaceAnswer(evidence),
    unauthorizedAnswer(evidence),
    sharedSubnetAnswer(evidence),
    {
      question: 'Does CreateFleet take an existing network interface?',
      answer: NOT_SEEN,
      evidence: 'Holdfast gives no fleet an existing interface, so the test does not call CreateFleet.',
    },
  ];
}

/**
 * Whether a retained interface keeps its Elastic IP when its instance is terminated. AssociateAddress returns the same
 * association if the address is where it belongs, so a new id proves that AWS had taken the address off.
 */
export function elasticIpSurvives({ interrupted }: Pick<Evidence, 'interrupted'>): boolean | undefined {
  const associations = associationIds(interrupted);
  return associations === undefined ? undefined : associations[0] === associations[1];
}

/** Before and after the termination. Only a cold node's interface is still on its instance then. */
function associationIds(interrupted: readonly Interrupted[]): readonly [string, string] | undefined {
  const cold = interrupted.find(({ attachment }) => attachment === 'cold');
  if (cold === undefined) return undefined;
  const { looks, warnedAtMs } = cold;
  const before = looks.findLast(({ atMs, association }) => atMs <= warnedAtMs && association !== undefined);
  const after = looks.findLast(
    (look) => stateOf(look, cold.newInstanceId) === 'running' && look.association !== undefined,
  );
  if (before?.association === undefined || after?.association === undefined) return undefined;
  return [before.association.id, after.association.id];
}

function associationAnswer({ interrupted }: Evidence): Answer {
  const question = 'Is the Elastic IP still on a retained interface after the termination of its instance?';
  const associations = associationIds(interrupted);
  if (associations === undefined) return { question, answer: NOT_SEEN, evidence: 'No cold node was replaced.' };
  const [before, after] = associations;
  return before === after
    ? { question, answer: 'yes', evidence: `The association ${before} is the same after the replacement.` }
    : { question, answer: 'no', evidence: `The association ${before} ended, and Holdfast made ${after}.` };
}

function interfaceFreeAnswer({ interrupted }: Evidence): Answer {
  const question = 'When does a retained primary interface become available after the termination of its instance?';
  const cold = interrupted.find(({ attachment }) => attachment === 'cold');
  const terminatedMs = cold && firstSeenMs(cold.looks, cold.warnedAtMs, isTerminated(cold));
  const freeMs = cold && firstSeenMs(cold.looks, cold.warnedAtMs, isFree);
  if (terminatedMs === undefined || freeMs === undefined) {
    return { question, answer: NOT_SEEN, evidence: 'No look showed the interface available between two instances.' };
  }
  const seconds = toTenths(freeMs - terminatedMs);
  return {
    question,
    answer: seconds < 0 ? `${-seconds} s before EC2 showed the termination` : `${seconds} s after it`,
    evidence: `The instance was first seen terminated at ${time(terminatedMs)}, the interface available at ${time(freeMs)}.`,
  };
}

const isTerminated =
  ({ oldInstanceId }: Interrupted) =>
  (look: Look): boolean =>
    stateOf(look, oldInstanceId) === 'terminated';

const isFree = ({ networkInterface }: Look): boolean => networkInterface?.status === 'available';

function deletedInterfaceAnswer({ deleted }: Evidence): Answer {
  const question = 'Which error does EC2 return for a deleted interface?';
  const codes = [...new Set(deleted.map(({ code }) => code))];
  if (codes.length === 0) return { question, answer: NOT_SEEN, evidence: 'No interface was seen to be deleted.' };
  const ids = deleted.map(({ id }) => id).join(', ');
  return { question, answer: codes.join(', '), evidence: `DescribeNetworkInterfaces returned it for ${ids}.` };
}

function unauthorizedAnswer({ interrupted }: Evidence): Answer {
  const question = 'Does EC2 return UnauthorizedOperation for a missing resource under a tag condition?';
  const lines = interrupted.flatMap(({ log }) =>
    log.filter(({ message }) => message.includes('UnauthorizedOperation')),
  );
  const [first] = lines;
  if (first === undefined) {
    return { question, answer: NOT_SEEN, evidence: 'The node logs have no UnauthorizedOperation.' };
  }
  const evidence = `The node logs have ${lines.length}, the first at ${first.createdAt}: ${first.message}`;
  return { question, answer: 'perhaps: read the node log', evidence };
}

function sharedSubnetAnswer({ accountId, subnet }: Evidence): Answer {
  const question = "Does the ARN of a shared subnet have its owner's account?";
  if (subnet.ownerId === accountId) {
    return { question, answer: NOT_SEEN, evidence: `${subnet.id} belongs to the account itself.` };
  }
  const answer = subnet.arn.includes(`:${subnet.ownerId}:`) ? 'yes' : 'no';
  return { question, answer, evidence: `${subnet.id} belongs to ${subnet.ownerId}, and its ARN is ${subnet.arn}.` };
}

function time(atMs: number): string {
  return new Date(atMs).toISOString();
}
