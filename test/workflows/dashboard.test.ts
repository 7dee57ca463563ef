/** The dashboard's queries, against what the functions have measured and logged in a simulated storm. */
import { isDeepStrictEqual } from 'node:util';
import type { NodeConfig } from '../../domain/config/node-config';
import { METRIC_GROUPS, METRICS_NAMESPACE } from '../../domain/monitoring/metrics';
import type { Fields } from '../../lambdas/monitoring/log';
import type { MetricId } from '../../simulator/cloudwatch/metric-store';
import { readable, resourcesOf } from '../infra/synthesized-stack';
import { Play } from './play';

const MINUTE = 60;
/** An account has five Elastic IPs. */
const NODES = 5;

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly title: string;
    readonly query?: string;
    readonly metrics?: readonly (readonly unknown[])[];
  };
}

const dashboards = Object.values(resourcesOf('AWS::CloudWatch::Dashboard'));
const { widgets } = JSON.parse(readable(dashboards[0]?.Properties.DashboardBody)) as { widgets: readonly Widget[] };
const entries = widgets.flatMap(({ properties }) =>
  (properties.metrics ?? []).map((entry) => ({ title: properties.title, entry })),
);

/** A metric by its dimensions: `["Namespace", "Name", "Dimension", "Value", ..., {options}]`. */
const metrics = entries.flatMap(({ title, entry }) => {
  const [namespace, name, ...rest] = entry.filter((part) => typeof part === 'string');
  if (namespace === undefined || name === undefined) return [];
  const dimensions = Object.fromEntries(
    rest.flatMap((part, index) => (index % 2 === 0 ? [[part, rest[index + 1] ?? '']] : [])),
  ) as Record<string, string>;
  return [{ title, namespace, name, dimensions }];
});

/** `SEARCH('{Namespace,Dimension,...} MetricName="Name" service="Value"', 'Statistic')`. */
const searches = entries.flatMap(({ title, entry }) => {
  const [{ expression = '' }] = entry.slice(-1) as [{ expression?: string }];
  const [, schema, name, service] =
    /^SEARCH\('\{([\w,]+)\} MetricName="(\w+)" service="(\w+)"', '\w+'\)$/.exec(expression) ?? [];
  if (schema === undefined || name === undefined) return [];
  const [namespace, ...dimensions] = schema.split(',');
  return [{ title, namespace, name, dimensions, service }];
});

let measured: readonly MetricId[];
const lines: Fields[] = [];

/** Every instance is interrupted, and there is no capacity for a while. */
beforeAll(async () => {
  const play = await Play.open({
    attachment: 'hot',
    controlPlane: { schedules: true, log: (line) => lines.push(line) },
  });
  for (let count = 0; count < NODES; count += 1) {
    await play.startCreating((document) => ({ ...document, compute: withoutAddress(document.compute) }));
  }
  await play.passSeconds(10 * MINUTE);
  play.setCapacity(0);
  for (const { id } of play.sandbox.ec2.world.instances.values()) play.sandbox.ec2.interruptSpotInstance(id);
  await play.passSeconds(15 * MINUTE);
  play.setCapacity(Infinity);
  await play.passSeconds(15 * MINUTE);
  measured = play.sandbox.plane.cloudWatch.metrics.all();
  await play.stop();
});

function withoutAddress({ privateIp: _given, ...compute }: NodeConfig['compute']): NodeConfig['compute'] {
  return compute;
}

const isMeasured = (namespace: string, name: string, dimensions: Readonly<Record<string, string>>) =>
  measured.some((each) => isDeepStrictEqual(each, { namespace, name, dimensions }));

test('every entry of every widget is understood here', () => {
  expect(metrics.length + searches.length).toBe(entries.length);
  expect(searches.length).toBeGreaterThan(5);
});

test("every metric of Holdfast's is measured, with the same dimensions", () => {
  const ours = metrics.filter(({ namespace }) => namespace === METRICS_NAMESPACE);
  expect(ours.length).toBeGreaterThan(5);
  expect(ours.filter(({ namespace, name, dimensions }) => !isMeasured(namespace, name, dimensions))).toEqual([]);
});

test('every search finds something', () => {
  const finds = ({ namespace, name, dimensions, service }: (typeof searches)[number]) =>
    measured.some(
      (each) =>
        each.namespace === namespace &&
        each.name === name &&
        each.dimensions['service'] === service &&
        isDeepStrictEqual(Object.keys(each.dimensions).sort(), [...dimensions].sort()),
    );
  expect(searches.filter((each) => !finds(each))).toEqual([]);
});

test("every metric of AWS's is about a resource of the template", () => {
  const TYPES: Readonly<Record<string, string>> = {
    'AWS/Lambda': 'AWS::Lambda::Function',
    'AWS/States': 'AWS::StepFunctions::StateMachine',
    'AWS/SQS': 'AWS::SQS::Queue',
    'AWS/ApiGateway': 'AWS::ApiGatewayV2::Api',
  };
  const theirs = metrics.filter(({ namespace }) => namespace !== METRICS_NAMESPACE);
  for (const { namespace, dimensions } of theirs) {
    const names = Object.keys(resourcesOf(TYPES[namespace] ?? namespace)).flatMap((id) => [
      `<${id}>`,
      `<${id}.QueueName>`,
    ]);
    expect(Object.values(dimensions)).toHaveLength(1);
    expect(names).toContain(Object.values(dimensions)[0]);
  }
});

test('the list of nodes without their address asks for what the reconciler logs', () => {
  const { query = '' } = widgets.find(({ type }) => type === 'log')?.properties ?? {};
  const message = /filter message = "([^"]+)"/.exec(query)?.[1];
  const asked = [...query.matchAll(/latest\((\w+)\) as|by (\w+) as/g)].map(([, latest, by]) => latest ?? by);
  const logged = lines.filter((line) => line['message'] === message);

  expect(asked).toEqual(['name', 'since', 'status', 'next', 'why', 'nodeId']);
  expect(new Set(logged.map(({ nodeId }) => nodeId)).size).toBe(NODES);
  for (const line of logged) expect(Object.keys(line)).toEqual(expect.arrayContaining(asked));
  expect(logged.at(-1)?.['why']).toContain('NoCapacity');
});

test('the first screen says whether a node is without its address, and which', () => {
  const [first, second, third] = widgets;
  expect(first?.properties.metrics?.map(([, name]) => name)).toEqual(
    expect.arrayContaining(['NodesWithoutAddress', 'LongestWithoutAddress']),
  );
  expect(second?.type).toBe('log');
  expect(third?.type).toBe('alarm');
});

test('every metric that is measured has a place on the dashboard or in an alarm', () => {
  const shown = new Set([...metrics, ...searches].map(({ name }) => name));
  const alarms = JSON.stringify(resourcesOf('AWS::CloudWatch::Alarm'));
  const all = Object.values(METRIC_GROUPS).flatMap((group) => Object.keys(group.metrics));
  expect(all.filter((name) => !shown.has(name) && !alarms.includes(`"${name}"`))).toEqual([]);
});
