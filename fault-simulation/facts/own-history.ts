/** The resources that this table's records have ever named. Holdfast may remove nothing else. */
import type { LaunchProgress, Operation, StatefulNode } from '../../domain/node/stateful-node';
import type { World } from '../../simulator/ec2/world';

type Parts = Pick<Operation, 'oldInstanceId' | 'launch' | 'interfaceRequest' | 'retiredInterfaceIds'>;

export class OwnHistory {
  private readonly ids = new Set<string>();
  private readonly tokens = new Set<string>();

  /** Adds the resources that a written record names. */
  wrote(node: StatefulNode): void {
    const parts: readonly (Parts | undefined)[] = [node.operation, node.failure?.remains];
    for (const part of parts) if (part !== undefined) this.add(part);
    const givenUp = node.givenUp ?? [];
    for (const each of givenUp) {
      if ('id' in each) this.ids.add(each.id);
      else this.tokens.add(each.clientToken);
    }
    const { interfaceId } = node.identity;
    if (interfaceId !== undefined) this.ids.add(interfaceId);
    if (node.instance !== undefined) this.ids.add(node.instance.id);
    if (node.adoption !== undefined) this.ids.add(node.adoption.originalInstanceId);
  }

  /** Starts again with the records of a new table, which does not know the old table's resources. */
  restart(nodes: Iterable<StatefulNode>): void {
    this.ids.clear();
    this.tokens.clear();
    for (const node of nodes) this.wrote(node);
  }

  /** Whether a record has named the resource, or the client token of the call that created it. */
  knows(world: World, id: string): boolean {
    return this.ids.has(id) || [...this.tokens].some((token) => isMadeBy(world, token, id));
  }

  private add({ oldInstanceId, launch, interfaceRequest, retiredInterfaceIds }: Parts): void {
    const ids = [oldInstanceId, launch?.instanceId, ...retiredInterfaceIds];
    for (const id of ids) if (id !== undefined) this.ids.add(id);
    const tokens = [tokenOf(launch), interfaceRequest?.clientToken];
    for (const token of tokens) if (token !== undefined) this.tokens.add(token);
  }
}

function tokenOf(launch: LaunchProgress | undefined): string | undefined {
  return launch?.clientToken;
}

/** Whether EC2 created the resource for the client token. */
export function isMadeBy({ spentTokens }: World, token: string, id: string): boolean {
  const commands = ['RunInstances', 'CreateFleet', 'CreateNetworkInterface'];
  return commands.some((command) => spentTokens.get(`${command} ${token}`)?.resourceIds.includes(id) === true);
}
