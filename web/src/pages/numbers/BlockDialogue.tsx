// Adds a block of numbers, or removes those of it that nobody holds. What it would do is shown before.
import { Alert, Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { invalidateEntity } from '../../api/related';
import { RefSelect } from '../../forms/RefSelect';
import { fieldLabel, optionLabel } from '../../forms/texts';
import { number } from '../../i18n/format';
import { errorText, notifyDone } from '../../shell/notify';
import { blockOf, sendBlock, type BlockInput, type BlockReport } from './block';

const NOTHING: BlockInput = { base: '', first: '', last: '', kind: 'external', line: null, skip_taken: false };

function Preview({ report, adding }: { report: BlockReport; adding: boolean }) {
  const { t } = useTranslation();
  const way = report.taken ?? report.held ?? 0;
  const names = report.named.map((one) => (one.holder ? `${one.number} (${one.holder})` : one.number)).join(', ');
  return (
    <Stack gap={4} aria-live="polite">
      <Text>{t('numbers.block.range', { count: report.count, n: number(report.count), first: report.first, last: report.last })}</Text>
      {!adding && <Text>{t('numbers.block.willRemove', { n: number(report.removed ?? 0) })}</Text>}
      {way > 0 && (
        <Alert color="brass">
          {t(adding ? 'numbers.block.taken' : 'numbers.block.held', { n: number(way), names: names + (way > report.named.length ? ' …' : '') })}
        </Alert>
      )}
    </Stack>
  );
}

export function BlockDialogue({ adding, onClose }: { adding: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [input, setInput] = useState(NOTHING);
  const [sending, setSending] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const [typed] = useDebouncedValue(input, 250);
  const looked = blockOf(typed, adding);
  const preview = useQuery({
    queryKey: ['numbers', 'block', adding, looked],
    queryFn: () => (looked ? sendBlock(looked, adding, true) : null),
    enabled: looked !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const set = (change: Partial<BlockInput>) => {
    setFailed(null);
    setInput((old) => ({ ...old, ...change }));
  };
  const error = failed ?? (looked ? preview.error : null);
  const report = looked && !preview.error ? (preview.data ?? undefined) : undefined;
  const block = blockOf(input, adding);
  const canSend = block !== null && report !== undefined && (adding ? input.skip_taken || !report.taken : (report.removed ?? 0) > 0);

  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!block || !canSend) return;
    setSending(true);
    try {
      const done = await sendBlock(block, adding, false);
      notifyDone(t(adding ? 'numbers.block.added' : 'numbers.block.removed', { n: number(done.created ?? done.removed ?? 0) }));
      onClose();
    } catch (fault) {
      setFailed(fault);
    } finally {
      setSending(false);
      void invalidateEntity(client, 'number');
    }
  };

  const text = (field: 'base' | 'first' | 'last', label: string, help?: string) => (
    <TextInput
      label={label}
      description={help}
      inputMode="numeric"
      autoComplete="off"
      style={{ flex: 1 }}
      value={input[field]}
      onChange={(event) => set({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <Modal opened onClose={onClose} title={t(adding ? 'numbers.block.add' : 'numbers.block.remove')} closeButtonProps={{ 'aria-label': t('forms.cancel') }}>
      <form onSubmit={(event) => void send(event)}>
        <Stack gap="sm">
          {text('base', t('numbers.block.base'), t('numbers.block.baseHelp'))}
          <Group gap="sm" align="start" grow>
            {text('first', t('numbers.block.first'), t('numbers.block.firstHelp'))}
            {text('last', t('numbers.block.last'), t('numbers.block.lastHelp'))}
          </Group>
          {adding && (
            <Group gap="sm" align="start" grow>
              <Select
                label={fieldLabel('number', 'kind')}
                allowDeselect={false}
                data={['external', 'internal'].map((kind) => ({ value: kind, label: optionLabel('number', 'kind', kind) }))}
                value={input.kind}
                onChange={(kind) => set({ kind: kind ?? 'external' })}
              />
              <RefSelect label={fieldLabel('number', 'line')} entity="line" value={input.line} onChange={(line) => set({ line })} />
            </Group>
          )}
          {report && <Preview report={report} adding={adding} />}
          {adding && Boolean(report?.taken) && (
            <Checkbox label={t('numbers.block.skip')} checked={input.skip_taken} onChange={(event) => set({ skip_taken: event.currentTarget.checked })} />
          )}
          {error !== null && <Alert color="red">{errorText(error)}</Alert>}
          <Group justify="end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('forms.cancel')}
            </Button>
            <Button type="submit" loading={sending} disabled={!canSend}>
              {t(adding ? 'numbers.block.addNow' : 'numbers.block.removeNow')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
