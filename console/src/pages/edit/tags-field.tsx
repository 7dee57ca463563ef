/** Tags of the instance, and on what else they are put. */
import type { ReactNode } from 'react';
import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { tagsOf, withTags, type Tag } from './document';
import { useEditor } from './editor';
import { FlagField } from './field';
import { faultsAt, sentence } from './faults';

const LAUNCH = 'compute.launchSpecification';
const MOST = 40;

export function TagsField(): ReactNode {
  const { document, change, faults } = useEditor();
  const tags = tagsOf(document);
  const put = (index: number, part: Partial<Tag>): void =>
    change((before) =>
      withTags(
        before,
        tagsOf(before).map((tag, each) => (each === index ? { ...tag, ...part } : tag)),
      ),
    );
  const errorOf = (field: string): string =>
    faultsAt(faults, field)
      .map(({ message }) => sentence(message))
      .join(' ');
  return (
    <SpaceBetween size="l">
      <div data-fields={`${LAUNCH}.tags`}>
        <AttributeEditor<Tag>
          items={tags}
          empty="No tags. Holdfast's own tags are set in any case."
          addButtonText="Add a tag"
          removeButtonText="Remove"
          disableAddButton={tags.length >= MOST}
          additionalInfo={errorOf(`${LAUNCH}.tags`) === '' ? `At most ${MOST}.` : ''}
          onAddButtonClick={() =>
            change((before) => withTags(before, [...tagsOf(before), { tagKey: '', tagValue: '' }]))
          }
          onRemoveButtonClick={({ detail }) =>
            change((before) =>
              withTags(
                before,
                tagsOf(before).filter((_tag, index) => index !== detail.itemIndex),
              ),
            )
          }
          definition={[
            {
              label: 'Key',
              errorText: (_tag, index) => errorOf(`${LAUNCH}.tags.${index}.tagKey`),
              control: ({ tagKey }, index) => (
                <Input value={tagKey} onChange={({ detail }) => put(index, { tagKey: detail.value })} />
              ),
            },
            {
              label: 'Value',
              errorText: (_tag, index) => errorOf(`${LAUNCH}.tags.${index}.tagValue`),
              control: ({ tagValue }, index) => (
                <Input value={tagValue} onChange={({ detail }) => put(index, { tagValue: detail.value })} />
              ),
            },
          ]}
        />
      </div>
      <FlagField
        path={`${LAUNCH}.resourceTagSpecification.volumes.shouldTag`}
        label="Put them on the volumes too"
        standard={false}
      />
      <FlagField
        path={`${LAUNCH}.resourceTagSpecification.enis.shouldTag`}
        label="Put them on the persisted interface too"
        standard={false}
      />
    </SpaceBetween>
  );
}
