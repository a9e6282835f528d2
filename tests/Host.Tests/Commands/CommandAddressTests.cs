using SpikeTrail.Host.Commands;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Tests.Commands;

public sealed class CommandAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:9110", "127.0.0.1", 9110)]
    [InlineData("node-7.lab:1", "node-7.lab", 1)]
    [InlineData("[::1]:65535", "::1", 65535)]
    public void An_address_is_a_host_and_a_port(string text, string host, int port)
    {
        var address = CommandAddress.Parse(text);

        Assert.Equal((host, port), (address.Host, address.Port));
        Assert.Equal(text, $"{address}");
    }

    [Theory]
    [InlineData("127.0.0.1:")]
    [InlineData(":9110")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:+1")]
    [InlineData("::1:9110")]
    [InlineData("a b:9110")]
    [InlineData("http://x:9110")]
    public void Anything_else_is_refused(string text) =>
        Assert.Equal($"{text}: expected HOST:PORT, such as 127.0.0.1:9110", Assert.Throws<InputException>(() => CommandAddress.Parse(text)).Message);
}
