// The PIN that lets a call through which its user may not make (RTG-2): only ever set or taken away, never shown.
import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSave } from '../../api/collections';
import type { User } from '../../api/types';
import { Fields } from '../../forms/EntityForm';
import type { EntityFormState } from '../../forms/useEntityForm';
import { notifyDone, notifyError } from '../../shell/notify';

export function DialPin({ form, user }: { form: EntityFormState; user: User }) {
  const { t } = useTranslation();
  const store = useSave<User & { dial_pin: string }>('users');
  const remove = () => store.mutate({ id: user.id, values: { dial_pin: '' }, before: {} }, { onSuccess: () => notifyDone(t('users.pin.removed')), onError: notifyError });
  return (
    <>
      <Fields form={form} fields={['dial_pin']} />
      <Group gap="sm">
        <Text size="sm" c="dimmed">
          {t(user.has_dial_pin ? 'users.pin.set' : 'users.pin.none')}
        </Text>
        {user.has_dial_pin && (
          <Button size="compact-sm" variant="default" loading={store.isPending} onClick={remove}>
            {t('users.pin.remove')}
          </Button>
        )}
      </Group>
    </>
  );
}
