import { GENERATION_TAG, NODE_ID_TAG, type Tag } from './stateful-node';

/** Holdfast's own tags on everything that it makes for a node. */
export function ownTags(nodeId: string, generation: number): readonly Tag[] {
  return [
    { key: NODE_ID_TAG, value: nodeId },
    { key: GENERATION_TAG, value: String(generation) },
  ];
}
