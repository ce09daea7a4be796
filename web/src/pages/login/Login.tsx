import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useLogin } from '../../api/session';
import { Door } from '../../shell/Door';
import { errorText } from '../../shell/notify';

export default function Login() {
  const { t } = useTranslation();
  const enter = useLogin();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');

  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate({ login: login.trim(), password }, { onError: () => setPassword('') });
  };

  return (
    <Door title={t('login.title')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {enter.isError && (
            <Alert color="red" role="alert" p="xs">
              {errorText(enter.error)}
            </Alert>
          )}
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
          <Button type="submit" size="sm" fullWidth mt="xs" loading={enter.isPending}>
            {t('login.enter')}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
