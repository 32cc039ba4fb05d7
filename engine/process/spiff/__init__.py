"""The only seams to SpiffWorkflow 3.2.0, and all that is used of it: tokens that move through a tree of tasks.

SpiffWorkflow holds no data here, evaluates nothing and parses nothing. Its specifications are built from our own
reading of the file (`build`), which every flow decision, variable and due time comes back to; task data stays
empty. What is replaced from outside (`chance`) is listed there and guarded by a test.

  chance     task ids and the time, its two sources of chance
  tasks      one specification class for each BPMN element that runs
  workflow   the task tree: flat scans, complete when no token is left
  build      our model -> specifications
  prune      finished tasks that nothing open needs leave the tree
  snapshot   the tree as JSON, and back
"""
