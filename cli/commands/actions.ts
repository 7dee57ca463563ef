/** Pause, resume and recycle: three requests of one form. */
import * as z from 'zod';
import { answerOf, type NodeStatus } from '../api/client';
import { nodesOperand } from '../command-line/arguments';
import { command, type Command } from '../command-line/command';
import { forEachNode, progressOf, resultOfEach, thenForEachNode } from '../nodes/each-node';
import { nodeIdsOf } from '../nodes/find-node';
import { readStatus, statusSentence } from '../nodes/node-status';
import { countdown, waitFaults, waitForStatus, waitOptions } from '../nodes/waiting';

interface Action {
  readonly name: 'pause' | 'resume' | 'recycle';
  readonly summary: string;
  readonly description: string;
  /** The status that the action leads to. */
  readonly wanted: NodeStatus['status'];
}

const ACTIONS: readonly Action[] = [
  {
    name: 'pause',
    summary: 'Pause nodes: terminate their instances, keep their addresses',
    description: 'The interface, the private IP, the MAC address and the Elastic IP are kept. A repeat is harmless.',
    wanted: 'PAUSED',
  },
  {
    name: 'resume',
    summary: 'Resume nodes: launch instances with the kept addresses',
    description: 'The interface, the private IP, the MAC address and the Elastic IP are kept. A repeat is harmless.',
    wanted: 'ACTIVE',
  },
  {
    name: 'recycle',
    summary: 'Recycle nodes: replace their instances, keep their addresses',
    description: 'The new instance has the present settings. A paused node is resumed.',
    wanted: 'ACTIVE',
  },
];

export const actions: readonly Command[] = ACTIONS.map(({ name, summary, description, wanted }) =>
  command({
    path: name,
    summary,
    description: `${description} If an operation is under way, the action is carried out after it.`,
    operands: z.object({ node: nodesOperand() }),
    options: z.object(waitOptions),
    check: waitFaults,
    run: async (context, { node: idsOrNames, wait, timeout }) => {
      const api = await context.api();
      const ids = await nodeIdsOf(api, idsOrNames);
      const timeLeft = countdown(context, timeout);
      const requested = await forEachNode(ids, async (id) => {
        const request = { params: { path: { id } } };
        return answerOf(api.client.PUT(`/aws/ec2/managedInstance/{id}/${name}`, request));
      });
      const ended = await thenForEachNode(requested, async (id, { at: since }) => {
        if (wait !== true) return readStatus(api, id);
        const shown = progressOf(context, id, ids);
        return waitForStatus(shown, api, id, { wanted, since, timeoutMs: timeLeft() });
      });
      return resultOfEach(context, ended, { json: (status) => status, text: statusSentence });
    },
  }),
);
