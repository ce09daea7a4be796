// Phones of which everything is traced for a while: the list, and the dialogue that begins it.
import { ActionIcon, Badge, Button, Group, Modal, NumberInput, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useEndWatch, useStartWatch, useTraceWatches } from '../../api/traces';
import { dateTime } from '../../i18n/format';
import { Icon } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';

const MINUTES = 10;
const MINUTES_MAX = 1440;

export function WatchList() {
  const { t } = useTranslation();
  const watches = useTraceWatches().data ?? [];
  const end = useEndWatch();
  const stop = (target: string) => end.mutate(target, { onSuccess: () => notifyDone(t('traces.watchEnded', { target })), onError: notifyError });
  if (watches.length === 0) return null;
  return (
    <Group gap="xs" mb="sm">
      {watches.map(({ target, until }) => (
        <Badge
          key={target}
          color="brass"
          size="lg"
          rightSection={
            <ActionIcon variant="transparent" color="inherit" size="xs" aria-label={t('traces.stop', { target })} onClick={() => stop(target)}>
              <Icon name="close" size={12} />
            </ActionIcon>
          }
        >
          {t('traces.watched', { target, until: dateTime(until) })}
        </Badge>
      ))}
    </Group>
  );
}

export function WatchDialogue({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const start = useStartWatch();
  const [target, setTarget] = useState('');
  const [minutes, setMinutes] = useState(MINUTES);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = { target: target.trim(), minutes };
    if (!wanted.target) return;
    start.mutate(wanted, {
      onSuccess: () => {
        notifyDone(t('traces.watchStarted', { target: wanted.target }));
        onClose();
      },
      onError: notifyError,
    });
  };
  return (
    <Modal opened onClose={onClose} title={t('traces.watchTitle')} closeButtonProps={{ 'aria-label': t('forms.cancel') }}>
      <form onSubmit={submit}>
        <Text size="sm" c="dimmed" mb="sm">
          {t('traces.watchHelp')}
        </Text>
        <TextInput
          data-autofocus
          label={t('traces.target')}
          autoComplete="off"
          maxLength={63}
          value={target}
          onChange={(event) => setTarget(event.currentTarget.value)}
        />
        <NumberInput
          mt="sm"
          label={t('traces.minutes')}
          min={1}
          max={MINUTES_MAX}
          allowDecimal={false}
          value={minutes}
          onChange={(value) => setMinutes(Number(value) || MINUTES)}
        />
        <Group justify="flex-end" mt="md">
          <Button type="submit" loading={start.isPending} disabled={!target.trim()}>
            {t('traces.start')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
