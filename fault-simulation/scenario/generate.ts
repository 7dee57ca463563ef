/** Generates a scenario from a seed: what may happen, how often, and when. */
import { Random } from '../../simulator/time/random';
import { Draw } from './draw';
import { featureOf, leadingTo, planFor, worldFor, type Featured } from './coverage-plan';
import { drawHappening, LONGEST_DRAIN_SECONDS } from './happenings';
import {
  PHASES,
  type Happening,
  type ImportPlan,
  type NodePlan,
  type Scenario,
  type Timing,
  type WorldPlan,
} from './scenario';
import { generateStorm } from './storm';

/** All drawn happenings occur before this: it leaves time for some replacements in a row. */
const LAST_HAPPENING_SECONDS = 420;
/** In most worlds, the featured happening has met its phase by then. */
const FEATURE_MET_BY_SECONDS = 240;
const MOST_HAPPENINGS = 12;
const SHARE_IN_A_PHASE = 0.5;
/** Scenarios with nothing but the feature. Fewer faults excuse fewer deviations, so the checks are stricter. */
const SHARE_OF_FEATURE_ALONE = 0.4;
/** Few, because they take long to run. */
const SHARE_OF_LARGE_SCENARIOS = 0.01;
const LARGE_NODE_COUNT = 20;
/** Scenarios that lose the table. They do so last, because a loss excuses most of what follows. */
const SHARE_OF_LOST_TABLES = 0.03;
const LOST_AT_SECONDS = 460;
/** Few nodes, because a drain of an hour makes the run as long. */
const SHARE_OF_LONG_DRAINS = 0.03;
/** Of the seeds in every second round. A storm takes as much CPU time as twenty other seeds. */
const SHARE_OF_STORMS = 0.02;
/** Worlds in which the services besides EC2 take time too. */
const SHARE_OF_MODELLED_TIME = 1 / 6;
/** Nodes that are imported from an instance that a user launched. */
const SHARE_OF_IMPORTS = 0.12;
/** Nodes whose old instance ends without its OS shutdown. */
const SHARE_OF_SKIPPED_SHUTDOWNS = 0.15;

export interface SeedOptions {
  /** Whether every seed is a storm. @default false */
  readonly storms?: boolean;
}

/**
 * Each seed features the next pair of kind and phase, so that coverage does not depend on chance. The rest is drawn.
 */
export function generateScenario(seed: number, { storms = false }: SeedOptions = {}): Scenario {
  const random = new Random(`scenario/${seed}`);
  const feature = featureOf(seed);
  if (storms || isStorm(feature, new Draw(random.fork('storm')))) return generateStorm(seed);
  const isOfTransition = 'transition' in feature;
  // The faults of a transition hit a step, whichever node it works on.
  const count = isOfTransition ? 1 : nodeCount(new Draw(random.fork('nodes')));
  const plans = Array.from({ length: count }, (_, index) => nodePlan(new Draw(random.fork(`node/${index}`)), index));
  const nodes = plans.map((plan, index) => (index === 0 ? planFor(feature, plan) : plan));
  const howMany = new Draw(random.fork('count'));
  const many = howMany.chance(SHARE_OF_FEATURE_ALONE) ? 0 : howMany.below(MOST_HAPPENINGS);
  const drawn = Array.from({ length: many }, (_, index) => happening(random.fork(`happening/${index}`), count));
  const others = feature.isUndisturbed ? drawn.map(afterTheFeature) : drawn;
  const table = new Draw(random.fork('table'));
  const besides = [...others, ...(table.chance(SHARE_OF_LOST_TABLES) ? [lostTable(table)] : [])];
  // A transition may need the whole time, so nothing can come after it.
  const isAlone = isOfTransition && feature.isUndisturbed;
  // A featured fault must meet its state's step before the first call, so nothing may take time in between.
  const modelledTime = !isOfTransition && new Draw(random.fork('modelled-time')).chance(SHARE_OF_MODELLED_TIME);
  const happenings = [...(isAlone ? [] : besides), ...leadingTo(feature, new Draw(random.fork('feature')))];
  return {
    seed,
    world: worldFor(feature, nodes[0]!, { ...worldPlan(new Draw(random.fork('world'))), modelledTime }),
    nodes,
    happenings: happenings.sort((one, other) => one.atSeconds - other.atSeconds),
  };
}

/** A storm has no feature, so it may not be in the rounds in which every feature must meet its phase. */
function isStorm({ isUndisturbed }: Featured, draw: Draw): boolean {
  return !isUndisturbed && draw.chance(SHARE_OF_STORMS);
}

function afterTheFeature(other: Happening): Happening {
  const share = other.atSeconds / LAST_HAPPENING_SECONDS;
  const atSeconds = Math.round(FEATURE_MET_BY_SECONDS + share * (LAST_HAPPENING_SECONDS - FEATURE_MET_BY_SECONDS));
  return { ...other, atSeconds };
}

function nodeCount(draw: Draw): number {
  if (draw.chance(SHARE_OF_LARGE_SCENARIOS)) return LARGE_NODE_COUNT;
  return draw.weighted([
    [6, 1],
    [3, 2],
    [1, 3],
  ]);
}

function happening(random: Random, nodes: number): Happening {
  const draw = new Draw(random);
  return { ...timing(draw), ...drawHappening(draw, draw.below(nodes)) };
}

function worldPlan(draw: Draw): Omit<WorldPlan, 'modelledTime'> {
  const latencies = draw.one(['measured', 'tails', 'steady', 'quick'] as const);
  return {
    elasticIpSurvivesTermination: draw.chance(0.5),
    interfaceInUseCode: draw.one(['InvalidNetworkInterface.InUse', 'InvalidParameterValue']),
    latencies,
    // Quick instances and prompt events together provoke races between an event and the start of the wait for it.
    promptEvents: latencies === 'quick' || draw.chance(0.3),
    shortPageShare: draw.one([0.1, 0.5]),
    coldStarts: draw.chance(0.3),
    clockErrorMs: draw.one([0, 0, 200, 3_000]),
    tableLatencyMs: draw.one([0, 10, 40, 400]),
    trail: draw.chance(0.5),
    describeLagMs: draw.one([0, 0, 0, 1_500, 6_000]),
    shuffledLists: draw.chance(0.5),
  };
}

function nodePlan(draw: Draw, index: number): NodePlan {
  const persistPrivateIp = draw.chance(0.8);
  const isGiven = persistPrivateIp && draw.chance(0.6);
  const plan: Omit<NodePlan, 'skipsOsShutdown'> = {
    atSeconds: draw.below(20),
    attachment: draw.one(['cold', 'hot']),
    lifeCycle: draw.chance(0.15) ? 'on_demand' : 'spot',
    hasElasticIp: !persistPrivateIp || draw.chance(0.7),
    ...(isGiven ? { privateIp: `10.0.0.${40 + index}` } : {}),
    persistPrivateIp,
    subnets: draw.one([1, 1, 2, 3]),
    fallbackToOd: draw.chance(0.7),
    drainingSeconds: draw.chance(SHARE_OF_LONG_DRAINS) ? LONGEST_DRAIN_SECONDS : draw.one([0, 0, 0, 20, 90]),
    rebalance: draw.one(['ignore', 'replace']),
    keepsVolumes: draw.chance(0.1),
    ...(draw.chance(SHARE_OF_IMPORTS) ? { importing: importPlan(draw) } : {}),
  };
  return { ...plan, skipsOsShutdown: draw.chance(SHARE_OF_SKIPPED_SHUTDOWNS) && !plan.keepsVolumes };
}

function lostTable(draw: Draw): Happening {
  const atSeconds = LOST_AT_SECONDS;
  return draw.one<Happening>([
    { kind: 'table', how: 'emptied', atSeconds },
    { kind: 'table', how: 'foreign', atSeconds },
    { kind: 'table', how: 'rolled-back', atSeconds, backSeconds: draw.one([30, 120, 400]) },
  ]);
}

function importPlan(draw: Draw): ImportPlan {
  return draw.one([
    { shouldKeepPrivateIp: true, shouldTerminateInstance: true },
    { shouldKeepPrivateIp: false, shouldTerminateInstance: true },
    { shouldKeepPrivateIp: false, shouldTerminateInstance: false },
  ]);
}

function timing(draw: Draw): Timing {
  const atSeconds = draw.below(LAST_HAPPENING_SECONDS);
  if (!draw.chance(SHARE_IN_A_PHASE)) return { atSeconds };
  return { atSeconds, during: draw.one(PHASES), afterMs: draw.one([0, 50, 150, 500, 2_000]) };
}
