import type { Tag as SdkTag } from '@aws-sdk/client-ec2';
import type { Tag } from '../../domain/stateful-node';

export function toSdkTags(tags: readonly Tag[]): SdkTag[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}
