// Tests a line: the way to the provider step by step, and a call through it if a number is given.
import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/error';
import { useLineTest, useStartLineTest } from '../../api/lineTest';
import type { Line } from '../../api/types';
import { useConfirm } from '../../forms/confirm';
import { dateTime } from '../../i18n/format';
import { fieldErrorText, notifyError } from '../../shell/notify';
import { CallLadder } from './CallLadder';
import { TestSteps } from './TestSteps';

function Start({ line, running }: { line: Line; running: boolean }) {
  const { t } = useTranslation();
  const [number, setNumber] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const [ask, question] = useConfirm();
  const start = useStartLineTest(line.id);

  const run = async (event: FormEvent) => {
    event.preventDefault();
    const called = number.trim();
    setWrong(null);
    if (called) {
      const text = t('lines.check.askText', { number: called, line: line.name });
      if (!(await ask({ title: t('lines.check.ask'), text, confirm: t('lines.check.askYes') }))) return;
    }
    try {
      await start.mutateAsync(called || null);
    } catch (error) {
      const field = error instanceof ApiError ? error.fields[0] : undefined;
      if (field) setWrong(fieldErrorText(field));
      else notifyError(error);
    }
  };

  return (
    <form onSubmit={(event) => void run(event)} noValidate>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t('lines.check.intro')}
        </Text>
        <TextInput
          label={t('lines.check.number')}
          description={t('lines.check.numberHelp')}
          value={number}
          maxLength={63}
          inputMode="tel"
          maw={360}
          error={wrong}
          onChange={(event) => setNumber(event.currentTarget.value)}
        />
        <Group>
          <Button type="submit" disabled={running} loading={start.isPending}>
            {t('lines.check.start')}
          </Button>
        </Group>
      </Stack>
      {question}
    </form>
  );
}

export function LineTest({ line }: { line: Line }) {
  const { t } = useTranslation();
  const { data: test } = useLineTest(line.id);
  const callId = test?.steps.find(({ call_id }) => call_id)?.call_id;

  return (
    <Stack gap="md">
      <Start line={line} running={test?.running ?? false} />
      <Text size="sm" c="dimmed" role="status">
        {test === null && t('lines.check.none')}
        {test?.running && t('lines.check.running')}
        {test && !test.running && `${t('lines.check.done')}. ${t('lines.check.at', { at: dateTime(test.started_at) })}`}
      </Text>
      {test && <TestSteps test={test} />}
      {callId && (
        <>
          <Title order={2} size="h4">
            {t('lines.check.ladder')}
          </Title>
          <CallLadder key={callId} callId={callId} />
        </>
      )}
    </Stack>
  );
}
