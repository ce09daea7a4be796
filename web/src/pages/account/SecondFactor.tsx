// The second factor: set up with an app, confirmed with a code, recovery codes shown once.
import { Alert, Badge, Button, Group, Loader, PasswordInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useBeginSecondFactor, useConfirmSecondFactor, useRemoveSecondFactor, useSecondFactor } from '../../api/account';
import { CopyButton } from '../../forms/CopyButton';
import { QrCode } from '../../qr/QrCode';
import { errorText, notifyDone, notifyError } from '../../shell/notify';

function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" maw={460}>
      <Alert color="brass">{t('account.factor.recoveryHelp')}</Alert>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" component="ul" p={0} m={0} aria-label={t('account.factor.recovery')} style={{ listStyle: 'none' }}>
        {codes.map((code) => (
          <li key={code} className="mono">
            {code}
          </li>
        ))}
      </SimpleGrid>
      <Group gap="xs">
        <CopyButton text={codes.join('\n')} what={t('account.factor.recovery')} />
        <Button onClick={onDone}>{t('account.factor.kept')}</Button>
      </Group>
    </Stack>
  );
}

interface SetUpProps {
  secret: string;
  uri: string;
  onCodes: (codes: string[]) => void;
  onCancel: () => void;
}

function SetUp({ secret, uri, onCodes, onCancel }: SetUpProps) {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const confirm = useConfirmSecondFactor();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate(code.replace(/\s/g, ''), { onSuccess: ({ recovery_codes }) => onCodes(recovery_codes) });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw={460}>
        <Text>{t('account.factor.scan')}</Text>
        <QrCode text={uri} label={t('account.factor.qr')} />
        <Group gap="xs" wrap="nowrap">
          <Text size="sm" c="dimmed">
            {t('account.factor.key')}
          </Text>
          <span className="mono" data-field="secret" style={{ overflowWrap: 'anywhere' }}>
            {secret}
          </span>
          <CopyButton text={secret} what={t('account.factor.key')} />
        </Group>
        <TextInput
          label={t('account.factor.code')}
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          maw={220}
          error={confirm.isError && errorText(confirm.error)}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Group gap="xs">
          <Button type="submit" loading={confirm.isPending}>
            {t('account.factor.confirm')}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {t('forms.cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Active({ codesLeft }: { codesLeft: number }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const remove = useRemoveSecondFactor();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    remove.mutate(password, { onSuccess: () => notifyDone(t('account.factor.removed')) });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw={420}>
        <Group gap="xs">
          <Badge color="green">{t('account.factor.on')}</Badge>
          <Text c="dimmed">{t('account.factor.codesLeft', { count: codesLeft })}</Text>
        </Group>
        <PasswordInput
          name="factor-password"
          label={t('account.factor.password')}
          autoComplete="current-password"
          required
          error={remove.isError && errorText(remove.error)}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" color="red" variant="light" loading={remove.isPending} style={{ alignSelf: 'flex-start' }}>
          {t('account.factor.remove')}
        </Button>
      </Stack>
    </form>
  );
}

/** onDone: there is one now, and its recovery codes are kept. */
export function SecondFactor({ onDone }: { onDone?: () => void }) {
  const { t } = useTranslation();
  const factor = useSecondFactor();
  const begin = useBeginSecondFactor();
  const [codes, setCodes] = useState<string[] | null>(null);

  const kept = () => {
    setCodes(null);
    onDone?.();
  };
  if (codes) return <RecoveryCodes codes={codes} onDone={kept} />;
  if (!factor.data) return <Loader size="sm" />;
  if (factor.data.second_factor) return <Active codesLeft={factor.data.recovery_codes} />;
  if (begin.data) {
    const take = (given: string[]) => {
      setCodes(given);
      begin.reset();
    };
    return <SetUp {...begin.data} onCodes={take} onCancel={begin.reset} />;
  }
  return (
    <Stack gap="sm" align="flex-start">
      <Text c="dimmed">{t('account.factor.intro')}</Text>
      <Button loading={begin.isPending} onClick={() => begin.mutate(undefined, { onError: notifyError })}>
        {t('account.factor.setUp')}
      </Button>
    </Stack>
  );
}
