import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/error';
import { useResetOffered } from '../../api/passwordReset';
import { useLogin } from '../../api/session';
import { Door } from '../../shell/Door';
import { errorText } from '../../shell/notify';
import { Forgotten } from './Forgotten';

/** The second step appears under the hands: the cursor goes along. */
const focusOnce = (input: HTMLInputElement | null) => input?.focus();

export default function Login() {
  const { t } = useTranslation();
  const enter = useLogin();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [forgotten, setForgotten] = useState(false);
  const offered = useResetOffered();
  const [code, setCode] = useState<string | null>(null); // null: not asked for

  const refused = (error: unknown) => {
    const reason = error instanceof ApiError ? error.code : '';
    setCode(reason === 'code_needed' || reason === 'bad_code' ? '' : null);
    if (reason !== 'code_needed' && reason !== 'bad_code') setPassword('');
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const more = code === null ? {} : { code: code.trim() };
    enter.mutate({ login: login.trim(), password, ...more }, { onError: refused });
  };
  const asked = enter.isError && enter.error instanceof ApiError && enter.error.code === 'code_needed';

  if (forgotten) {
    return (
      <Door title={t('login.forgotten.title')}>
        <Forgotten login={login} onBack={() => setForgotten(false)} />
      </Door>
    );
  }
  return (
    <Door title={t('login.title')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {enter.isError && !asked && (
            <Alert color="red" role="alert" p="xs">
              {errorText(enter.error)}
            </Alert>
          )}
          {code === null ? (
            <>
              <TextInput
                label={t('login.login')}
                name="login"
                inputMode="numeric"
                autoComplete="username"
                required
                data-autofocus
                value={login}
                onChange={(event) => setLogin(event.currentTarget.value)}
              />
              <PasswordInput
                label={t('login.password')}
                name="password"
                autoComplete="current-password"
                required
                value={password}
                onChange={(event) => setPassword(event.currentTarget.value)}
              />
            </>
          ) : (
            <TextInput
              label={t('login.code')}
              description={t('login.codeHelp')}
              name="code"
              autoComplete="one-time-code"
              required
              data-autofocus
              ref={focusOnce}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
          )}
          <Button type="submit" size="sm" fullWidth mt="xs" loading={enter.isPending}>
            {t('login.enter')}
          </Button>
          {code === null && offered && (
            <Button variant="subtle" onClick={() => setForgotten(true)}>
              {t('login.forgotten.open')}
            </Button>
          )}
          {code !== null && (
            <Button variant="subtle" onClick={() => setCode(null)}>
              {t('login.back')}
            </Button>
          )}
        </Stack>
      </form>
    </Door>
  );
}
