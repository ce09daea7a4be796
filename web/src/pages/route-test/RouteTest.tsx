// "Test a number": what would happen to a call, and why, without calling anybody.
import { Button, Group, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';
import { ApiError } from '../../api/error';
import { useRouteTest } from '../../api/routing';
import type { RouteTest as Question } from '../../api/types';
import { RefSelect } from '../../forms/RefSelect';
import { fieldErrorText, notifyError } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { PlanView } from './PlanView';

const CALLERS = ['user', 'phone', 'line'] as const;
type Caller = (typeof CALLERS)[number];

/** What the address of the page says: who calls, and maybe the number. */
function useStart() {
  const [params] = useSearchParams();
  const caller: Caller = CALLERS.find((one) => params.has(one)) ?? 'user';
  return { caller, id: Number(params.get(caller)) || null, dialled: params.get('dialled') ?? '' };
}

function errorsOf(error: unknown): Record<string, string> {
  return error instanceof ApiError ? Object.fromEntries(error.fields.map((one) => [one.field, fieldErrorText(one)])) : {};
}

export default function RouteTest() {
  const { t } = useTranslation();
  const start = useStart();
  const [caller, setCaller] = useState<Caller>(start.caller);
  const [id, setId] = useState(start.id);
  const [number, setNumber] = useState('');
  const [dialled, setDialled] = useState(start.dialled);
  const [at, setAt] = useState('');
  const [errors, setErrors] = useState<Record<string, string>>({});
  const test = useRouteTest();
  const incoming = caller === 'line';

  const run = async (event: FormEvent) => {
    event.preventDefault();
    const missing = { ...(id === null ? { [caller]: t('errors.code.required') } : {}), ...(dialled.trim() ? {} : { dialled: t('errors.code.required') }) };
    setErrors(missing);
    if (Object.keys(missing).length) return;
    const question: Question = { direction: incoming ? 'in' : 'out', [caller]: id, dialled: dialled.trim() };
    if (incoming && number.trim()) question.caller = number.trim();
    if (at) question.at = at;
    try {
      await test.mutateAsync(question);
    } catch (error) {
      const here = errorsOf(error);
      if (Object.keys(here).length) setErrors(here);
      else notifyError(error);
    }
  };

  return (
    <PageFrame title={t('routing.test.title')}>
      <Stack maw={1000}>
        <form className="panel" onSubmit={(event) => void run(event)} noValidate>
          <Stack p="md" gap="md">
            <Text size="sm" c="dimmed">
              {t('routing.test.intro')}
            </Text>
            <SegmentedControl
              style={{ alignSelf: 'flex-start' }}
              aria-label={t('routing.test.from')}
              data={CALLERS.map((one) => ({ value: one, label: t(`routing.test.${one}`) }))}
              value={caller}
              onChange={(next) => {
                setCaller(next as Caller);
                setId(null);
                setErrors({});
              }}
            />
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" verticalSpacing="sm">
              <RefSelect key={caller} entity={caller} label={t(`routing.test.which.${caller}`)} value={id} error={errors[caller]} onChange={setId} />
              {incoming && (
                <TextInput
                  label={t('routing.test.caller')}
                  description={t('routing.test.callerHelp')}
                  value={number}
                  maxLength={63}
                  error={errors.caller}
                  onChange={(event) => setNumber(event.currentTarget.value)}
                />
              )}
              <TextInput
                label={t('routing.test.dialled')}
                description={incoming ? t('routing.test.dialledInHelp') : t('routing.test.dialledHelp')}
                value={dialled}
                maxLength={63}
                error={errors.dialled}
                onChange={(event) => setDialled(event.currentTarget.value)}
              />
              <TextInput
                type="datetime-local"
                label={t('routing.test.at')}
                description={t('routing.test.atHelp')}
                value={at}
                error={errors.at}
                onChange={(event) => setAt(event.currentTarget.value)}
              />
            </SimpleGrid>
            <Group justify="flex-end">
              <Button type="submit" loading={test.isPending}>
                {t('routing.test.run')}
              </Button>
            </Group>
          </Stack>
        </form>
        <div role="status">{test.data && <PlanView plan={test.data} />}</div>
      </Stack>
    </PageFrame>
  );
}
