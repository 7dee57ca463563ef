/** Which columns the list shows, and how dense it and the page are. */
import { useState, type ReactNode } from 'react';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { NODE_COLUMNS } from '../../nodes/columns';
import type { ListPreferences } from './list-preferences';

interface ListSettingsProps {
  readonly preferences: ListPreferences;
  readonly onChange: (preferences: ListPreferences) => void;
  readonly onClose: () => void;
}

export default function ListSettings({ preferences, onChange, onClose }: ListSettingsProps): ReactNode {
  const [chosen, setChosen] = useState(preferences);
  const toggle = (id: string, isVisible: boolean): void => {
    const others = chosen.visible.filter((each) => each !== id);
    setChosen({ ...chosen, visible: isVisible ? [...others, id] : others });
  };
  return (
    <Modal
      visible
      header="Preferences"
      closeAriaLabel="Cancel"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button
              variant="primary"
              onClick={() => {
                onChange(chosen);
                onClose();
              }}
            >
              Confirm
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="l">
        <Checkbox
          checked={chosen.isDense}
          onChange={({ detail }) => setChosen({ ...chosen, isDense: detail.checked })}
          description="More rows in sight"
        >
          Compact rows
        </Checkbox>
        <FormField label="Columns">
          <SpaceBetween size="xs">
            {NODE_COLUMNS.map(({ id, header }) => (
              <Checkbox
                key={id}
                checked={chosen.visible.includes(id)}
                disabled={id === 'name'}
                onChange={({ detail }) => toggle(id, detail.checked)}
              >
                {header}
              </Checkbox>
            ))}
          </SpaceBetween>
        </FormField>
        <Button onClick={() => setChosen({ ...chosen, widths: {} })}>Reset the widths of the columns</Button>
      </SpaceBetween>
    </Modal>
  );
}
