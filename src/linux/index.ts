/** What Linux keeps where: pure readers with typed results, named as the kernel names things. */
export { currentTask, idleTask, runqueue } from './cpu-tasks.js';
export { readOrGap } from './read-or-gap.js';
export { residentPages, rssOf, type Rss, type RssPages } from './rss.js';
export { isExiting, isKernelThread, ppidOf, taskCpu, taskState, uidOf, type TaskState } from './task-state.js';
export {
  allThreads, processes, surveyTasks, taskLabel, taskOfPid, threadsOf, type Task, type TaskSurvey, type UnreadableTask,
} from './tasks.js';
