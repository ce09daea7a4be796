// Listening as those do who are held: a phone of one's own rings and plays the loop.
import { Button, Group, Select, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDialPhone, useOwnPhones } from '../../api/manager';
import { useListenAt } from '../../api/music';
import type { MusicLoop } from '../../api/types';
import { FieldGroup } from '../../forms/FieldGroup';
import { Icon } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';

export function ListenAt({ loop }: { loop: MusicLoop }) {
  const { t } = useTranslation();
  const [phone, setPhone] = useDialPhone();
  const phones = (useOwnPhones().data ?? []).filter(({ registered }) => registered);
  const listen = useListenAt(loop);
  const chosen = phones.some(({ id }) => id === phone) ? phone : null;

  return (
    <FieldGroup title={t('music.listen.title')}>
      <Text size="sm" c="dimmed">
        {t('music.listen.help')}
      </Text>
      <Group align="flex-end" gap="sm">
        <Select
          label={t('music.listen.phone')}
          placeholder={t('music.listen.first')}
          data={phones.map(({ id, name }) => ({ value: String(id), label: name }))}
          value={chosen === null ? null : String(chosen)}
          clearable
          clearButtonProps={{ 'aria-label': t('forms.clear') }}
          nothingFoundMessage={t('forms.nothingFound')}
          onChange={(id) => setPhone(id === null ? null : Number(id))}
        />
        <Button
          variant="default"
          leftSection={<Icon name="phones" size={14} />}
          loading={listen.isPending}
          onClick={() => listen.mutate(chosen, { onSuccess: () => notifyDone(t('music.listen.rings')), onError: notifyError })}
        >
          {t('music.listen.start')}
        </Button>
      </Group>
    </FieldGroup>
  );
}
