/**
 * Launches the replacement: the one place through which every launch passes.
 *
 * It goes from pool to pool until EC2 gives an instance, and writes every attempt down before it asks.
 */
import {
  InterfaceMissing,
  NoCapacity,
  NotYetVisible,
  QuotaExceeded,
  ReplacementsKeepEnding,
} from '../../domain/errors';
import {
  decideExhaustion,
  decideLaunch,
  describeRefusals,
  launched,
  refused,
  spent,
  withoutInterface,
} from '../../domain/launch';
import { isGone } from '../../domain/network-interface';
import type { LaunchProgress, LaunchRequest, OwnedNode } from '../../domain/stateful-node';
import { changeOperation, ownedNode, type OperationInput } from '../owned-node';
import type { Ports } from '../ports';

export interface Launched {
  /**
   * - `move`: the next pool lies in another subnet, and the interface has to be made there first.
   * - `wait`: no pool has capacity at present.
   */
  readonly outcome: 'launched' | 'move' | 'wait';
  /** How long to wait before the next round; 0 unless the outcome is `wait`. */
  readonly waitSeconds: number;
}

/** Instances in a row that may end before they carry the node, until a person has to look at the AMI or type. */
const MAX_LOSSES = 5;

type LaunchPorts = Pick<Ports, 'nodes' | 'instances' | 'index' | 'time'>;

export const launchInstance =
  (ports: LaunchPorts) =>
  async (input: OperationInput): Promise<Launched> => {
    let owned = await ownedNode(ports.nodes, input);
    const launchedId = owned.operation.launch?.instanceId;
    const seen = launchedId === undefined ? undefined : await ports.instances.observe(launchedId);
    for (;;) {
      const decision = decideLaunch(owned.node, owned.operation, seen);
      if (decision.kind === 'launched') return { outcome: 'launched', waitSeconds: 0 };
      refuseEndlessLosses(decision.progress);
      await record(ports, input, decision.progress);
      if (decision.kind === 'move') return { outcome: 'move', waitSeconds: 0 };
      const progress = await ask(ports, owned, decision.progress, decision.request);
      owned = await record(ports, input, progress);
      if (progress.state === 'exhausted') return exhausted(progress);
    }
  };

/** Asks EC2 for the recorded request. Answers what to record. @throws InterfaceMissing @throws NotYetVisible */
async function ask(
  ports: LaunchPorts,
  { node, operation }: OwnedNode,
  progress: LaunchProgress,
  request: LaunchRequest,
): Promise<LaunchProgress> {
  const outcome = await ports.instances.launch(request);
  switch (outcome.kind) {
    case 'launched':
      // The index before the record: an event about an instance that the index does not know is lost.
      await ports.index.register(outcome.instance.id, node.id);
      return launched(progress, outcome.instance);
    case 'token-spent':
      return spent(progress);
    case 'refused':
      return refused(progress, outcome.because, outcome.code);
    case 'interface-missing':
      if (!isGone(node.identity, undefined, ports.time.now().toISOString())) {
        throw new NotYetVisible(`${request.interfaceId} is not visible yet`);
      }
      await record(ports, { nodeId: node.id, generation: operation.generation }, withoutInterface(progress));
      throw new InterfaceMissing(`${request.interfaceId} is gone`);
  }
}

/** @throws NoCapacity @throws QuotaExceeded */
function exhausted(progress: LaunchProgress): Launched {
  const decision = decideExhaustion(progress);
  const what = describeRefusals(progress.refusals);
  switch (decision.kind) {
    case 'wait':
      return { outcome: 'wait', waitSeconds: decision.seconds };
    case 'give-up':
      throw new NoCapacity(`No pool that the node may use has capacity. ${what}`);
    case 'quota':
      throw new QuotaExceeded(`A quota of the account stands in the way; request an increase. ${what}`);
  }
}

function record(ports: LaunchPorts, input: OperationInput, launch: LaunchProgress): Promise<OwnedNode> {
  return changeOperation(ports.nodes, input, (operation) => ({ ...operation, launch }));
}

function refuseEndlessLosses({ losses }: LaunchProgress): void {
  if (losses > MAX_LOSSES) {
    throw new ReplacementsKeepEnding(`${losses} replacements in a row ended before they carried the node.`);
  }
}
