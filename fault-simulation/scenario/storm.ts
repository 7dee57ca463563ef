/**
 * Generates a storm: a scenario of its own, in which EC2 interrupts 50 to 100 nodes within a second. Everything takes time
 * there, EC2's documented rates hold, and only what belongs to a storm happens beside it.
 */
import { Random } from '../../simulator/time/random';
import { Draw } from './draw';
import type { CallFault, Happening, NodePlan, Phase, Scenario, WorldPlan } from './scenario';

const FEWEST_NODES = 50;
const MOST_NODES = 100;
/** Elastic IPs are allocated first, five a second. */
const FIRST_CREATION_SECONDS = 40;
/** EC2 allows two launches a second. */
const SECONDS_BETWEEN_CREATIONS = 0.6;
/** A first launch takes up to a minute, and a slow one some minutes. */
const REST_SECONDS = 240;
/** The steps that most nodes pass in a storm. */
const FAULTED_STEPS: readonly Phase[] = [
  'take-node',
  'terminate-instance',
  'await-termination',
  'detach-eni',
  'launch-instance',
  'launch-instance',
  'await-instance',
  'attach-eni',
  'confirm-node',
];

export function generateStorm(seed: number): Scenario {
  const random = new Random(`storm/${seed}`);
  const count = FEWEST_NODES + new Draw(random.fork('nodes')).below(MOST_NODES - FEWEST_NODES + 1);
  const kinds = new Draw(random.fork('kinds'));
  const attachment = kinds.one(['cold', 'hot', 'mixed'] as const);
  const hasElasticIps = kinds.one(['all', 'none', 'some'] as const);
  const nodes = Array.from({ length: count }, (_, index) => {
    const draw = new Draw(random.fork(`node/${index}`));
    const [isHot, hasElasticIp] = [draw.chance(0.5), draw.chance(0.5)];
    return nodePlan(index, {
      attachment: attachment === 'mixed' ? (isHot ? 'hot' : 'cold') : attachment,
      hasElasticIp: hasElasticIps === 'some' ? hasElasticIp : hasElasticIps === 'all',
    });
  });
  const atSeconds = Math.ceil(nodes.at(-1)!.atSeconds + REST_SECONDS);
  return { seed, world: worldPlan(new Draw(random.fork('world'))), nodes, happenings: happenings(random, atSeconds) };
}

function nodePlan(index: number, how: Pick<NodePlan, 'attachment' | 'hasElasticIp'>): NodePlan {
  return {
    ...how,
    atSeconds: FIRST_CREATION_SECONDS + Math.floor(index * SECONDS_BETWEEN_CREATIONS),
    lifeCycle: 'spot',
    persistPrivateIp: true,
    subnets: 1,
    fallbackToOd: true,
    drainingSeconds: 0,
    rebalance: 'ignore',
    keepsVolumes: false,
    skipsOsShutdown: false,
  };
}

function worldPlan(draw: Draw): WorldPlan {
  return {
    elasticIpSurvivesTermination: draw.chance(0.5),
    interfaceInUseCode: draw.one(['InvalidNetworkInterface.InUse', 'InvalidParameterValue']),
    latencies: draw.one(['measured', 'measured', 'steady']),
    promptEvents: draw.chance(0.2),
    shortPageShare: draw.one([0.1, 0.5]),
    coldStarts: true,
    modelledTime: true,
    clockErrorMs: draw.one([0, 0, 200]),
    tableLatencyMs: 0,
    trail: draw.chance(0.5),
    describeLagMs: draw.one([0, 0, 1_500]),
    shuffledLists: draw.chance(0.5),
  };
}

function happenings(random: Random, atSeconds: number): readonly Happening[] {
  const draw = new Draw(random.fork('happenings'));
  const all: Happening[] = [{ kind: 'storm', atSeconds }];
  if (draw.chance(0.4)) {
    all.push({ kind: 'noisy-neighbour', seconds: draw.one([60, 120, 240]), atSeconds: atSeconds - draw.one([30, 0]) });
  }
  if (draw.chance(0.3)) all.push({ kind: 'no-capacity', of: 'spot', seconds: draw.one([120, 600]), atSeconds });
  if (draw.chance(0.3)) {
    all.push({ kind: 'unreadable-turns', seconds: draw.one([20, 60]), atSeconds: atSeconds + draw.below(40) });
  }
  if (draw.chance(0.3)) {
    const actions = draw.one(['looks', 'changes'] as const);
    all.push({
      kind: 'throttled',
      node: 0,
      actions,
      seconds: draw.one([20, 60]),
      atSeconds: atSeconds + draw.below(60),
    });
  }
  const faults = draw.one([0, 3, 10]);
  for (let index = 0; index < faults; index += 1)
    all.push(callFault(new Draw(random.fork(`fault/${index}`)), atSeconds));
  if (draw.chance(0.5)) all.push(lostEvents(draw, atSeconds));
  return all.sort((one, other) => one.atSeconds - other.atSeconds);
}

/** The function crashes, or its call has an effect and no answer. */
function callFault(draw: Draw, atSeconds: number): Happening {
  const fault = draw.one([
    'crash-before',
    'crash-after',
    'crash-after',
    'error-after',
    'repeated',
    'hang-after',
  ] as const);
  const service = draw.one(['ec2', 'dynamodb', 'dynamodb'] as const);
  const step = draw.one(FAULTED_STEPS);
  const made: CallFault = { kind: 'call-fault', service, fault, step, nth: 1 + draw.below(60) };
  return { ...made, atSeconds };
}

function lostEvents(draw: Draw, atSeconds: number): Happening {
  const of = draw.one(['state-change', 'warning'] as const);
  return { kind: 'event-fault', of, fault: draw.one(['lost', 'delayed']), count: 1 + draw.below(10), atSeconds };
}
