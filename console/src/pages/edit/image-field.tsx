/** The image: one of the account's, one of those that many people take, or any other by its id. */
import { useState, type ReactNode } from 'react';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useAccountList, type Image } from '../../api/account';
import { Time } from '../../app/times';
import { ChoiceField, Field } from './field';
import { textAt, withText } from './document';
import { useEditor } from './editor';

const PATH = 'compute.launchSpecification.imageId';

/** Owners' accounts. Sources: the publishers' pages on their images for EC2. */
const SOURCES = [
  { value: 'own', label: 'Images of this account', query: 'images' },
  { value: 'al2023', label: 'Amazon Linux 2023', query: query('amazon', 'al2023-ami-2023.*-kernel-*') },
  {
    value: 'ubuntu',
    label: 'Ubuntu 24.04',
    query: query('099720109477', 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-*-server-*'),
  },
  { value: 'debian', label: 'Debian 12', query: query('136693071363', 'debian-12-*') },
  { value: 'windows', label: 'Windows Server 2022', query: query('amazon', 'Windows_Server-2022-English-Full-Base-*') },
];

function query(owner: string, name: string): string {
  return `images?owner=${owner}&name=${encodeURIComponent(name)}`;
}

const PRODUCTS = {
  'Linux/UNIX': 'Linux/UNIX',
  'Red Hat Enterprise Linux': 'Red Hat Enterprise Linux',
  'SUSE Linux': 'SUSE Linux',
  Windows: 'Windows',
};

export function ImageField(): ReactNode {
  const { document, change } = useEditor();
  const [source, setSource] = useState(SOURCES[0]!);
  const list = useAccountList<Image>(source.query);
  const value = textAt(document, PATH);
  const chosen = list.items.find(({ id }) => id === value);
  const { error } = list;
  return (
    <SpaceBetween size="l">
      <FormField label="Images to choose from">
        <Select
          options={SOURCES.map(({ value: each, label }) => ({ value: each, label }))}
          selectedOption={{ value: source.value, label: source.label }}
          onChange={({ detail }) =>
            setSource(SOURCES.find((each) => each.value === detail.selectedOption.value) ?? SOURCES[0]!)
          }
        />
      </FormField>
      <Field
        paths={[PATH]}
        label="Image"
        description="Choose one, or enter any id that this account may use."
        warning={
          error !== undefined && (
            <>
              The images cannot be listed, so type the id. {error.message}{' '}
              <Button variant="inline-link" onClick={list.retry}>
                Try again
              </Button>
            </>
          )
        }
        constraint={chosen === undefined ? undefined : <Details image={chosen} />}
      >
        <Autosuggest
          value={value}
          placeholder="ami-0c1d2e3f4a5b69870"
          enteredTextLabel={(text) => `Use ${text}`}
          options={list.items.map(({ id, name, architecture, isDeprecated }) => ({
            value: id,
            label: name,
            labelTag: architecture,
            description: id,
            tags: isDeprecated ? ['deprecated'] : [],
          }))}
          statusType={list.isLoading ? 'loading' : 'finished'}
          loadingText="Reading the images"
          empty="There are none: enter an id."
          virtualScroll
          onChange={({ detail }) => change((before) => withText(before, PATH, detail.value.trim()))}
        />
      </Field>
      <ChoiceField
        path="compute.product"
        label="Product"
        description="What the image runs. It chooses the prices of the costs."
        choices={PRODUCTS}
        standard="As the image says"
        isOptional
      />
    </SpaceBetween>
  );
}

function Details({ image }: { readonly image: Image }): ReactNode {
  const { name, architecture, platform, ownerId, createdAt, state, isDeprecated } = image;
  return (
    <Box color="text-body-secondary" fontSize="body-s">
      {[name, architecture, platform, `of ${ownerId}`, ...(state === 'available' ? [] : [state])].join(', ')}, created{' '}
      <Time at={createdAt} />
      {isDeprecated && ', deprecated'}
    </Box>
  );
}
