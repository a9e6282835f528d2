using System.CommandLine;
using System.Reflection;
using SpikeTrail.ChaosCampaign;

var kills = new Option<int>("--kills") { Description = "How often the campaign is killed.", DefaultValueFactory = _ => 30 };
var seed = new Option<int>("--seed") { Description = "What the moments are drawn from.", DefaultValueFactory = _ => 7 };
var folder = new Option<string?>("--out") { Description = "Where the campaigns go, and stay; by default to a temporary folder that stays only when something is wrong." };
var program = new Option<string>("--program")
{
    Description = "The program, spiketrail.dll.",
    DefaultValueFactory = _ => typeof(Chaos).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "spiketrail").Value!,
};
var command = new RootCommand("Kills a campaign at random moments, resumes it each time, and compares what it comes to with one that was left alone.") { kills, seed, folder, program };
command.SetAction(async parsed =>
{
    var given = parsed.GetValue(folder);
    var to = given is null ? Directory.CreateTempSubdirectory("spiketrail-chaos-").FullName : Path.GetFullPath(given);
    var faults = await new Chaos(parsed.GetRequiredValue(program), to, parsed.GetRequiredValue(seed), Console.Out).RunAsync(parsed.GetRequiredValue(kills));
    if (given is null && faults.Count == 0)
    {
        Directory.Delete(to, recursive: true);
    }

    return faults.Count == 0 ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
