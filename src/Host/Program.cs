using SpikeTrail.Host.Benchmarks;
using SpikeTrail.Host.Cli;

ChildProcess.EndWithParent();
return await CommandLine.RunAsync(args);
