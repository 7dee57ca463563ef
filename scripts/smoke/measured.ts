/** The simulator's settings that a run has measured. */
import type { LatencyName } from '../../simulator/ec2/latencies';
import type { MeasuredSettings } from '../../simulator/ec2/measured-settings';
import { stateOf, type Look } from './observations';

/** A node's whole life in a run. */
export interface Watched {
  readonly attachment: 'cold' | 'hot';
  readonly looks: readonly Look[];
}

/** A duration between two moments of which each was seen. */
interface Sample {
  readonly latency: LatencyName;
  readonly durationMs: number;
}

/**
 * What is not here cannot be seen from outside: the duration of Holdfast's own calls, and how far responses lag behind.
 * A start that was not seen gives no sample: two changes lay between two looks.
 */
export function samplesOf({ attachment, looks }: Watched): readonly Sample[] {
  const ids = new Set(looks.flatMap(({ instances }) => instances.map(({ id }) => id)));
  const instances = [...ids].flatMap((id) => [
    ...launch(looks, id),
    ...between(looks, 'instanceTerminated', isState(id, 'shutting-down'), isState(id, 'terminated')),
  ]);
  const attached = attachment === 'cold' ? 'interfaceAttachedAtLaunch' : 'interfaceAttached';
  return [
    ...instances,
    ...between(looks, attached, isAttachment('attaching'), isAttachment('attached')),
    ...(attachment === 'cold'
      ? freed(looks, [...ids])
      : between(looks, 'interfaceDetached', isAttachment('detaching'), isFree)),
  ];
}

/** From EC2's own time of the launch, which has whole seconds. */
function launch(looks: readonly Look[], instanceId: string): readonly Sample[] {
  const running = looks.find(isState(instanceId, 'running'));
  const launchedAtMs = running?.instances.find(({ id }) => id === instanceId)?.launchedAtMs;
  if (running === undefined || launchedAtMs === undefined) return [];
  return [{ latency: 'instanceRunning', durationMs: Math.max(0, running.atMs - launchedAtMs) }];
}

/** From each termination to the first look that shows the interface free. */
function freed(looks: readonly Look[], instanceIds: readonly string[]): readonly Sample[] {
  return instanceIds.flatMap((id) => {
    const from = looks.findIndex(isState(id, 'terminated'));
    const wasCarried = looks.some(({ networkInterface }) => networkInterface?.attachment?.instanceId === id);
    const free = from < 0 || !wasCarried ? undefined : looks.slice(from).find(isFree);
    if (free === undefined) return [];
    return [{ latency: 'interfaceFreedAfterTermination', durationMs: free.atMs - looks[from]!.atMs } as const];
  });
}

type Shows = (look: Look) => boolean;

const isState =
  (instanceId: string, state: string): Shows =>
  (look) =>
    stateOf(look, instanceId) === state;

const isAttachment =
  (status: string): Shows =>
  ({ networkInterface }) =>
    networkInterface?.attachment?.status === status;

const isFree: Shows = ({ networkInterface }) => networkInterface?.status === 'available';

/** A sample for each time that the looks change from the one to the other. */
function between(looks: readonly Look[], latency: LatencyName, begins: Shows, ends: Shows): readonly Sample[] {
  const samples: Sample[] = [];
  let fromMs: number | undefined;
  for (const look of looks) {
    if (begins(look)) fromMs ??= look.atMs;
    else {
      if (fromMs !== undefined && ends(look)) samples.push({ latency, durationMs: look.atMs - fromMs });
      fromMs = undefined;
    }
  }
  return samples;
}

/** One sample is a fixed latency, several are a range without a tail. */
export function measuredSettings(
  watched: readonly Watched[],
  elasticIpSurvivesTermination: boolean | undefined,
): MeasuredSettings {
  const durationsMs = new Map<LatencyName, number[]>();
  for (const { latency, durationMs } of watched.flatMap(samplesOf))
    durationsMs.set(latency, [...(durationsMs.get(latency) ?? []), durationMs]);
  const latencies: MeasuredSettings['latencies'] = {};
  for (const [name, all] of durationsMs) latencies[name] = latencyOf(all);
  return {
    latencies,
    ...(elasticIpSurvivesTermination !== undefined && { elasticIpSurvivesTermination }),
  };
}

function latencyOf(durationsMs: readonly number[]): NonNullable<MeasuredSettings['latencies'][LatencyName]> {
  const [low, high] = [Math.min(...durationsMs), Math.max(...durationsMs)];
  return low === high ? low : { typicalMs: [low, high], tailMs: high, tailShare: 0 };
}
