/** What happens to the account from outside, on the simulator of `npm start` only: docs/local.md. */
import * as z from 'zod';
import type { Api } from '../api/client';
import { choice, choiceOperand, flag, operand, text } from '../command-line/arguments';
import { command, operandShapes, type Command, type Result } from '../command-line/command';
import { Failed } from '../failures';
import { nodeIdOf } from '../nodes/find-node';
import { readStatus } from '../nodes/node-status';
import { simulatorWorld } from './simulator-world';

const instanceOperand = { target: operand('The id of an instance, or a node, which means its instance.') };
const interfaceOperand = { target: operand('The id of a network interface, or a node, which means its interface.') };
const addressOperand = { address: operand('The allocation id of an Elastic IP.') };
const force = flag('Detach the interface first. Not possible for a primary interface.');

const countOperand = z
  .string('is missing')
  .regex(/^(\d{1,9}|unlimited)$/, { error: ({ input }) => `must be a whole number or unlimited, not ${String(input)}` })
  .register(operandShapes, { description: 'The number of instances, or unlimited.' });

const numberOperand = (description: string) =>
  z
    .string('is missing')
    .regex(/^\d{1,9}(\.\d+)?$/, { error: ({ input }) => `must be a number, not ${String(input)}` })
    .register(operandShapes, { description });

const onInstances = [
  ['interrupt', 'Interrupt a Spot Instance: the warning comes now, the end two minutes later'],
  ['rebalance', 'Send a rebalance recommendation for a Spot Instance'],
  ['stop', 'Stop an instance; EC2 cannot stop a Spot Instance'],
  ['start', 'Start a stopped instance'],
  ['terminate', 'Terminate an instance by hand'],
  ['heal', 'Make the status checks of an instance pass again'],
] as const;

const onAddresses = [
  ['disassociate-address', 'Take an Elastic IP off its interface'],
  ['release-address', 'Release an Elastic IP, which must be on no interface'],
] as const;

const onInterfaces = [
  ['detach-interface', 'Detach an interface by hand'],
  ['delete-interface', 'Delete an interface by hand'],
] as const;

export const simulatorCommands: readonly Command[] = [
  simulatorWorld,
  ...onInstances.map(([name, summary]) =>
    command({
      path: `simulator ${name}`,
      summary,
      operands: z.object(instanceOperand),
      run: async (context, { target }) => {
        const api = await context.api();
        return post(api, name, { instanceId: await instanceIdOf(api, target) });
      },
    }),
  ),
  command({
    path: 'simulator impair',
    summary: 'Make a status check of an instance fail from now on',
    operands: z.object(instanceOperand),
    options: z.object({ check: choice(['instance', 'system'], 'The check that fails. Default: instance.') }),
    run: async (context, { target, check }) => {
      const api = await context.api();
      return post(api, 'impair', { instanceId: await instanceIdOf(api, target), check });
    },
  }),
  ...onInterfaces.map(([name, summary]) =>
    command({
      path: `simulator ${name}`,
      summary,
      operands: z.object(interfaceOperand),
      options: z.object({ force }),
      run: async (context, { target, force: isForced }) => {
        const api = await context.api();
        return post(api, name, { networkInterfaceId: await interfaceIdOf(api, target), force: isForced });
      },
    }),
  ),
  ...onAddresses.map(([name, summary]) =>
    command({
      path: `simulator ${name}`,
      summary,
      operands: z.object(addressOperand),
      run: async (context, { address: allocationId }) => post(await context.api(), name, { allocationId }),
    }),
  ),
  command({
    path: 'simulator allocate-address',
    summary: 'Allocate a new Elastic IP; at most five',
    run: async (context) => post(await context.api(), 'allocate-address', {}),
  }),
  command({
    path: 'simulator capacity',
    summary: 'Set how many instances a pool has room for',
    examples: ['holdfast simulator capacity m7g.large us-east-1a spot 0'],
    operands: z.object({
      type: operand('The instance type.'),
      zone: operand('The Availability Zone.'),
      lifeCycle: choiceOperand(['spot', 'on_demand'], 'How the instances are bought.'),
      count: countOperand,
    }),
    run: async (context, { type: instanceType, zone: availabilityZone, lifeCycle, count: typed }) => {
      const count = typed === 'unlimited' ? null : Number(typed);
      return post(await context.api(), 'capacity', { instanceType, availabilityZone, lifeCycle, count });
    },
  }),
  command({
    path: 'simulator launch',
    summary: 'Launch an instance without a node, for example to import it',
    options: z.object({
      type: text('type', 'The instance type. Default: m7g.large.'),
      lifeCycle: choice(['spot', 'on_demand'], 'How it is bought. Default: on_demand.'),
      name: text('name', 'Its tag Name.'),
    }),
    run: async (context, { type: instanceType, lifeCycle, name }) =>
      post(await context.api(), 'launch', { instanceType, lifeCycle, name }),
  }),
  command({
    path: 'simulator reconcile',
    summary: 'Run the reconciler now, and print its result',
    run: async (context) => post(await context.api(), 'reconcile', {}),
  }),
  command({
    path: 'simulator time',
    summary: 'Show the simulated time, and how many of its seconds pass in one of yours',
    run: async (context) => {
      const json = await (await context.api()).send('GET', '/simulator/time');
      return { json, text: () => `${JSON.stringify(json)}\n` };
    },
  }),
  command({
    path: 'simulator speed',
    summary: 'Give simulated time another speed from now on',
    operands: z.object({ speed: numberOperand('Simulated seconds per second.') }),
    run: async (context, { speed }) => post(await context.api(), 'speed', { speed: Number(speed) }),
  }),
  command({
    path: 'simulator lose-events',
    summary: 'Lose the next deliveries of events',
    operands: z.object({ count: numberOperand('How many.') }),
    run: async (context, { count }) => post(await context.api(), 'lose-events', { count: Number(count) }),
  }),
  command({
    path: 'simulator abort',
    summary: 'Stop an execution of a state machine: no further step of it starts',
    operands: z.object({ execution: operand('The ARN of a running execution.') }),
    run: async (context, { execution: executionArn }) => post(await context.api(), 'abort', { executionArn }),
  }),
];

async function post(api: Api, action: string, body: object): Promise<Result> {
  const json = await api.send('POST', `/simulator/${action}`, body);
  return { json, text: () => `${JSON.stringify(json)}\n` };
}

async function instanceIdOf(api: Api, target: string): Promise<string> {
  if (/^i-[0-9a-f]+$/.test(target)) return target;
  const { instanceId, id } = await readStatus(api, await nodeIdOf(api, target));
  if (instanceId === null) throw new Failed(`${id} has no instance.`);
  return instanceId;
}

async function interfaceIdOf(api: Api, target: string): Promise<string> {
  if (/^eni-[0-9a-f]+$/.test(target)) return target;
  const { networkInterfaceId, id } = await readStatus(api, await nodeIdOf(api, target));
  if (networkInterfaceId === null) throw new Failed(`${id} has no interface.`);
  return networkInterfaceId;
}
