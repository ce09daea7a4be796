// A message about what was done, with the way back.
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { closeButton } from './notify';

const SHOWN_MS = 10_000;

export function notifyUndoable(message: string, undo: () => Promise<void>) {
  const id = notifications.show({
    color: 'petrol',
    autoClose: SHOWN_MS,
    ...closeButton(),
    message: (
      <Group justify="space-between" gap="xs">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            notifications.hide(id);
            void undo();
          }}
        >
          {i18next.t('forms.undo')}
        </Button>
      </Group>
    ),
  });
}
