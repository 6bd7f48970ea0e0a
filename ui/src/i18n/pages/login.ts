/** Texts of the login. */
import { pageTexts } from '../usePageTexts'

const en = {
  login: {
    title: 'Log in',
    text: 'Reading is open to all unless this server says otherwise; operators log in to change things. The login lives in this page alone: a reload ends it.',
    name: 'Name',
    password: 'Password',
    submit: 'Log in',
    busy: 'Logging in…',
    failed: 'The login has failed',
    wrong: 'Name or password is wrong.',
    as: 'Logged in as {name}',
    role: { viewer: 'Viewer', analyst: 'Analyst', operator: 'Operator', admin: 'Administrator' },
    may: 'May:',
    permission: {
      read: 'read',
      seal: 'seal forecasts',
      promote: 'change which model answers',
      operate: 'run jobs, change the timetable, take alerts up',
      manage_accounts: 'manage accounts',
      read_audit: 'read the audit log',
    },
    out: 'Log out',
    on: 'Go on',
  },
}

const zhCN: typeof en = {
  login: {
    title: '登录',
    text: '除非服务器另有设定，任何人都可查看；运维人员登录后可进行操作。登录只保存在本页中：刷新即失效。',
    name: '用户名',
    password: '密码',
    submit: '登录',
    busy: '正在登录…',
    failed: '登录失败',
    wrong: '用户名或密码错误。',
    as: '已登录：{name}',
    role: { viewer: '查看者', analyst: '分析员', operator: '运维人员', admin: '管理员' },
    may: '可以：',
    permission: {
      read: '查看',
      seal: '封存预测',
      promote: '更换使用中的模型',
      operate: '运行任务、更改时间表、处理警报',
      manage_accounts: '管理账户',
      read_audit: '查看审计日志',
    },
    out: '退出登录',
    on: '继续',
  },
}

export default pageTexts(en, zhCN)
