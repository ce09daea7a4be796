// Listening as those do who are held: a phone of one's own rings and plays the loop.
import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAtPhone } from '../../api/atPhone';
import type { MusicLoop } from '../../api/types';
import { FieldGroup } from '../../forms/FieldGroup';
import { Icon } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';
import { PhoneChoice, useChosenPhone } from '../../sound/PhoneChoice';

export function ListenAt({ loop }: { loop: MusicLoop }) {
  const { t } = useTranslation();
  const phone = useChosenPhone();
  const listen = useAtPhone();

  return (
    <FieldGroup title={t('music.listen.title')}>
      <Text size="sm" c="dimmed">
        {t('music.listen.help')}
      </Text>
      <Group align="flex-end" gap="sm">
        <PhoneChoice />
        <Button
          variant="default"
          leftSection={<Icon name="phones" size={14} />}
          loading={listen.isPending}
          onClick={() => listen.mutate({ path: `music-loops/${loop.id}/play`, phone }, { onSuccess: () => notifyDone(t('atPhone.rings')), onError: notifyError })}
        >
          {t('music.listen.start')}
        </Button>
      </Group>
    </FieldGroup>
  );
}
