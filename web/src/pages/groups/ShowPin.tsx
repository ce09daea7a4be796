// The PIN is asked for only when somebody wants to read it, and is not kept.
import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { UserGroup } from '../../api/types';
import { Icon } from '../../shell/icons';
import { notifyError } from '../../shell/notify';

export function ShowPin({ group }: { group: UserGroup }) {
  const { t } = useTranslation();
  const [pin, setPin] = useState('');
  const show = async () => {
    try {
      setPin((await api.get<{ pin: string }>(`groups/${group.id}/pin`)).pin);
    } catch (error) {
      notifyError(error);
    }
  };
  if (pin) {
    return (
      <Text role="status" className="mono" fw={600}>
        {t('groups.pinIs', { pin })}
      </Text>
    );
  }
  return (
    <Button variant="default" leftSection={<Icon name="key" size={14} />} onClick={() => void show()}>
      {t('groups.showPin')}
    </Button>
  );
}
