/**
 * The launch template of a hot node. With it, the node's next launch can be a fleet if many nodes launch at once. It is made
 * while nothing is urgent: when a launch is confirmed, or settings are applied. A node without it launches like the others.
 */
import { attachmentOf } from '../../domain/config/node-config';
import { HoldfastError, NotYetVisible } from '../../domain/errors';
import { isTemplateGone, templateGivenUp, withGivenUp } from '../../domain/operation/given-up';
import { launchSettings } from '../../domain/operation/launch';
import type { OwnedNode, StatefulNode } from '../../domain/node/stateful-node';
import { changeOwned } from './owned-node';
import type { Ports } from '../ports';

type TemplatePorts = Pick<Ports, 'nodes' | 'templates' | 'log' | 'time'>;

/** The name of the template for the node's next launch. Undefined if a template cannot describe it. */
export function templateOf(
  { templates }: Pick<Ports, 'templates'>,
  { id, config }: Pick<StatefulNode, 'id' | 'config'>,
) {
  return attachmentOf(config) === 'hot' ? templates.nameFor(id, launchSettings(config)) : undefined;
}

/**
 * Makes the template for the node's configuration, and gives up that of an earlier one: the reconciler deletes it. If EC2
 * refuses, the log says so, and the next operation tries again. A crash or a lost answer before the record has the name leaves a
 * template that the next try finds, because its name is the same; if the configuration changes first, the node's deletion finds
 * it. If a fleet was refused, the template may be gone, and is made again.
 */
export async function settleTemplate(ports: TemplatePorts, { node, operation }: OwnedNode): Promise<void> {
  const { launchTemplate: present } = node;
  const wanted = templateOf(ports, node);
  if (present === wanted && (wanted === undefined || operation.launch?.fleetRefusal === undefined)) return;
  const now = ports.time.now().toISOString();
  try {
    if (wanted !== undefined) await ports.templates.make(node.id, launchSettings(node.config));
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    const message = `launches among many others are slower, without the right launch template: ${error.message}`;
    await ports.log.append(node.id, { createdAt: now, severity: 'WARN', message });
    return;
  }
  const input = { nodeId: node.id, generation: operation.generation };
  if (present === wanted) return;
  const givenUp = present === undefined ? [] : [templateGivenUp(present, now)];
  await changeOwned(ports.nodes, input, ({ node: { launchTemplate: _before, ...current } }) => ({
    ...withGivenUp(current, givenUp),
    ...(wanted !== undefined && { launchTemplate: wanted }),
  }));
}

/**
 * Of a node that is being deleted. The record does not name one if it was rebuilt, or if a step crashed.
 * @throws NotYetVisible if the operation before may have made the template a moment ago
 */
export async function deleteTemplates(
  { templates, time }: Pick<Ports, 'templates' | 'time'>,
  { node, operation }: OwnedNode,
): Promise<void> {
  const { id, launchTemplate: named } = node;
  for (const name of await templates.ofNode(id)) if (name !== named) await templates.delete(name);
  if (named === undefined || (await templates.delete(named))) return;
  if (isTemplateGone(operation.startedAt, time.now().toISOString())) return;
  throw new NotYetVisible(`EC2 does not show the launch template ${named}`);
}
